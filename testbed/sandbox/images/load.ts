import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";

import { attempt, command, lastLines } from "../command";
import { ctr } from "../cluster/node";
import { type Architecture, images, paths } from "../settings";
import { type Ingredients, builderImage, pauseImage, regctlImage } from "./contents";
import { type Image, writeArchive } from "../../../simulator/images/oci";

/** Makes the root file system of the tools image, unless the cache has it. */
export async function prepareRoot(
    toolchain: string,
): Promise<Pick<Ingredients, "root" | "digest">> {
    const sizes = ["openshift-builder", "runc"].map(
        (program) => `${statSync(join(toolchain, "bin", program)).size}`,
    );
    const made = await cached("tools", "tools-root.sh", [toolchain], sizes);
    return {
        root: join(made, "root.tar"),
        digest: readFileSync(join(made, "digest"), "utf8"),
    };
}

/** Path of an architecture's static busybox, which is fetched unless the cache has it. */
export async function prepareBusybox(architecture: Architecture): Promise<string> {
    const made = await cached(`busybox-${architecture}`, "busybox.sh", [architecture], []);
    return join(made, "busybox");
}

/** The folder that a script makes, kept until the script or what it is made from changes. */
async function cached(
    name: string,
    script: string,
    args: readonly string[],
    inputs: readonly string[],
): Promise<string> {
    const text = readFileSync(join(__dirname, script));
    const key = createHash("sha256").update(text).update(inputs.join());
    const folder = join(paths.cache, "images");
    const prefix = `${name}-`;
    const made = join(folder, `${prefix}${key.digest("hex").slice(0, 12)}`);
    if (!existsSync(made)) {
        mkdirSync(folder, { recursive: true });
        for (const old of readdirSync(folder).filter((it) => it.startsWith(prefix))) {
            rmSync(join(folder, old), { recursive: true, force: true });
        }
        await command(["sh", join(__dirname, script), ...args, made], { seconds: 600 });
    }
    return made;
}

/** Loads the images that a node must have, except those that it has. */
export async function loadImages(
    toolchain: string,
    architecture: Architecture,
    ingredients: Ingredients,
    pauseBusybox: string,
): Promise<void> {
    const applets = await listApplets(pauseBusybox);
    const wanted: readonly (readonly [readonly string[], Image])[] = [
        [[images.pause], pauseImage(architecture, pauseBusybox)],
        [[images.regctl], regctlImage(architecture, ingredients, applets)],
        [[images.builder, ...images.buildah], builderImage(architecture, ingredients)],
    ];
    const present = await namesByDigest(toolchain, architecture);
    for (const [names, image] of wanted) {
        const missing = names.filter((name) => present.get(name) !== image.manifest.digest);
        if (missing.length > 0) {
            await load(toolchain, architecture, missing, image);
        }
    }
}

/** Names of busybox's programs. */
export async function listApplets(busybox: string): Promise<string[]> {
    const names = (await command([busybox, "--list"])).split("\n");
    return names.filter((name) => name !== "" && name !== "busybox");
}

async function namesByDigest(
    toolchain: string,
    architecture: Architecture,
): Promise<Map<string, string>> {
    const { stdout } = await attempt([...ctr(toolchain, architecture), "images", "ls"]);
    const rows = stdout.split("\n").map((line) => line.split(/\s+/));
    return new Map(rows.map(([name = "", , digest = ""]) => [name, digest]));
}

async function load(
    toolchain: string,
    architecture: Architecture,
    names: readonly string[],
    image: Image,
): Promise<void> {
    const [program = "", ...args] = [
        ...ctr(toolchain, architecture),
        ...["images", "import", "--all-platforms", "-"],
    ];
    const child = spawn(program, args, { stdio: ["pipe", "ignore", "pipe"] });
    let errors = "";
    child.stderr.on("data", (chunk: Buffer) => (errors += chunk.toString()));
    const ended = new Promise<number | null>((resolve, reject) => {
        child.on("error", reject);
        child.on("close", resolve);
    });
    const archive = names.map((name) => ({ name, image }));
    const written = writeArchive(child.stdin, archive).catch((error: unknown) => error);
    const code = await ended;
    const problem = await written;
    if (code !== 0 || problem instanceof Error) {
        const reason = problem instanceof Error ? problem.message : "";
        throw new Error(`loading ${names.join(", ")}: ${lastLines(errors, 5)} ${reason}`);
    }
}
