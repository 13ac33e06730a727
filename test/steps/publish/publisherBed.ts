import { spawn } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { elf } from "../../../simulator/images/elf";
import { image, layer } from "../../../simulator/images/oci";
import { Registry } from "../../../simulator/registry/registry";
import { type ServedRegistry, serveRegistry } from "../../../simulator/registry/serveRegistry";
import { commandOf, shells } from "./shells";

const root = join(__dirname, "../../..");
const scripts = join(root, "steps/publish/scripts");
const COMMIT = "c0ffee".padEnd(40, "0");

/** A folder of its own, made anew for each test. */
let folder: string;
/** The two registries. */
export interface Registries {
    readonly internal: { registry: Registry; served: ServedRegistry };
    readonly quay: { registry: Registry; served: ServedRegistry };
}

let internal: Registries["internal"];
let quay: Registries["quay"];

async function start(accounts: Record<string, { password: string; mayPush?: boolean }>) {
    const registry = new Registry({ accounts, now: () => 0 });
    return { registry, served: await serveRegistry(registry) };
}

/** Makes the two registries and a folder; for a `beforeEach`. */
export async function setUp(): Promise<Registries> {
    folder = mkdtempSync(join(tmpdir(), "multiarch-publisher-"));
    internal = await start({ serviceaccount: { password: "token" } });
    quay = await start({
        robot: { password: "secret" },
        reader: { password: "r", mayPush: false },
    });
    return { internal, quay };
}

/** Takes away what {@link setUp} made. */
export async function tearDown(): Promise<void> {
    await Promise.all([internal.served.close(), quay.served.close()]);
    rmSync(folder, { recursive: true, force: true });
}

/** Architectures of the images in these tests. */
export type Architecture = "amd64" | "arm64";

/** Puts an image into the internal registry, as a build does; its label is `architecture`, its program's what `holds` says. */
export function built(architecture: Architecture, holds: Architecture = architecture): string {
    const program = { path: "app/server", content: elf(holds), mode: 0o755 };
    const made = image(
        architecture,
        { Entrypoint: ["/app/server"] },
        [layer([program], { gzip: true })],
        "docker",
    );
    const repository = internal.registry.repository("shop/api");
    for (const { digest, content } of made.blobs) {
        repository.blobs.set(digest, content as Buffer);
    }
    const bytes = made.manifest.content as Buffer;
    repository.manifests.set(made.manifest.digest, { mediaType: made.mediaType, bytes, pushed: 0 });
    return made.manifest.digest;
}

/** How the program ended. */
export interface Ended {
    readonly status: number | null;
    readonly stderr: string;
    /** What it reported, line by line. */
    readonly events: readonly Record<string, unknown>[];
    /** What Kubernetes would keep. */
    readonly termination: string;
}

/** How the program is run. */
export interface Options {
    /** @default regctl */
    readonly tool?: "buildah" | "regctl";
    readonly digests: Readonly<Record<string, string>>;
    readonly tags?: string;
    readonly user?: string;
    readonly shell?: readonly string[];
    /** Replaces text of the program: a fault of it. */
    readonly mutate?: readonly [string, string];
}

/** Runs the program of the publisher for regctl, whole, as its Job does; the list is asked for at once. */
export async function publish(options: Options): Promise<Ended> {
    const {
        tool = "regctl",
        digests,
        tags = "latest",
        user = "robot:secret",
        shell = shells[0] ?? ["sh"],
    } = options;
    for (const part of [
        "work",
        "input/signal",
        "input/credentials",
        "input/service-ca",
        "bin",
        "token",
    ]) {
        mkdirSync(join(folder, part), { recursive: true });
    }
    rmSync(join(folder, "work"), { recursive: true });
    mkdirSync(join(folder, "work"));
    const write = (path: string, text: string) => {
        writeFileSync(join(folder, path), text);
    };
    const auth = Buffer.from(user).toString("base64");
    write(
        "input/credentials/config.json",
        JSON.stringify({ auths: { [quay.served.host]: { auth } } }),
    );
    mkdirSync(join(folder, "input/service-ca", internal.served.host), { recursive: true });
    write(`input/service-ca/${internal.served.host}/ca.crt`, "");
    write("token/token", "token");
    write("termination", "");
    for (const [architecture, digest] of Object.entries(digests)) {
        write(`input/signal/${architecture}`, digest);
    }
    write("input/signal/publish", "now");
    const stand = join(root, "simulator/registry/regctl.cjs");
    const hosts = [internal, quay].map(({ served }) => `--host reg=${served.host},tls=disabled`);
    const real = process.env["REGCTL"];
    const regctl =
        real === undefined ? `"${process.execPath}" "${stand}"` : `"${real}" ${hosts.join(" ")}`;
    write(
        "bin/regctl",
        `#!/bin/sh
exec ${regctl} "$@"
`,
    );
    chmodSync(join(folder, "bin/regctl"), 0o755);
    // The registries are of this machine, and without TLS.
    write(
        "bin/buildah",
        `#!/bin/sh
        case "$1 $2" in
        "manifest add" | "manifest push") verb=$2; shift 2; exec "$BUILDAH" manifest "$verb" --tls-verify=false "$@" ;;
        login\\ *) shift; exec "$BUILDAH" login --tls-verify=false "$@" ;;
        *) exec "$BUILDAH" "$@" ;;
        esac`,
    );
    chmodSync(join(folder, "bin/buildah"), 0o755);
    const [from, to] = options.mutate ?? ["", ""];
    const text = ["common.sh", "contents.sh", `${tool}.sh`]
        .map((name) => readFileSync(join(scripts, name), "utf8"))
        .join("\n")
        .replaceAll(
            "/var/run/secrets/kubernetes.io/serviceaccount/token",
            join(folder, "token/token"),
        )
        .replaceAll("/dev/termination-log", join(folder, "termination"))
        .replaceAll("/input", join(folder, "input"))
        .replaceAll("/work", join(folder, "work"))
        .replace(from, to);
    expect(text).toContain(to);
    write("publish.sh", text);
    const { program, args, path } = commandOf(shell, folder, join(folder, "bin"));
    const child = spawn(program, [...args, join(folder, "publish.sh")], {
        env: {
            PATH: path,
            ARCHITECTURES: Object.keys(digests).join(" "),
            SOURCE: `${internal.served.host}/shop/api`,
            DESTINATION: `${quay.served.host}/shop/api`,
            COMMIT,
            FLOATING_TAGS: tags,
            INTERNAL_REGISTRY: internal.served.host,
            BUILDAH: process.env["BUILDAH"],
        },
    });
    let [stdout, stderr] = ["", ""];
    child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
    const status = await new Promise<number | null>((resolve) => child.on("close", resolve));
    return {
        status,
        // Of the options by which the real one takes a registry without TLS.
        stderr: stderr
            .split("\n")
            .filter((line) => !line.includes("Changing TLS settings"))
            .join("\n"),
        events: stdout
            .split("\n")
            .filter(Boolean)
            .map((line) => JSON.parse(line) as Record<string, unknown>),
        termination: readFileSync(join(folder, "termination"), "utf8").trim(),
    };
}

/** Tags of the published repository, with what each names. */
export const tagsOf = () => Object.fromEntries(quay.registry.repository("shop/api").tags);
/** A right image for each architecture. */
export const both = () => ({ amd64: built("amd64"), arm64: built("arm64") });
/** The list behind a tag, as its platforms and digests. */
export function listBehind(tag: string): Record<string, string> {
    const { bytes } = quay.registry.repository("shop/api").manifest(tag) ?? {
        bytes: Buffer.from("{}"),
    };
    const { manifests } = JSON.parse(bytes.toString()) as {
        manifests: { digest: string; platform: { architecture: string } }[];
    };
    return Object.fromEntries(
        manifests.map(({ digest, platform }) => [platform.architecture, digest]),
    );
}
