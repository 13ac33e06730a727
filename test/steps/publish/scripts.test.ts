import { spawn } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { elf } from "../../../simulator/images/elf";
import { image, layer } from "../../../simulator/images/oci";
import { Registry } from "../../../simulator/registry/registry";
import { type ServedRegistry, serveRegistry } from "../../../simulator/registry/serveRegistry";
import { refusal, type RegistryRequest } from "../../../simulator/registry/types";
import { commandOf, shells } from "./shells";

const root = join(__dirname, "../../..");
const scripts = join(root, "steps/publish/scripts");
const COMMIT = "c0ffee".padEnd(40, "0");

let folder: string;
let internal: { registry: Registry; served: ServedRegistry };
let quay: { registry: Registry; served: ServedRegistry };

async function start(accounts: Record<string, { password: string; mayPush?: boolean }>) {
    const registry = new Registry({ accounts, now: () => 0 });
    return { registry, served: await serveRegistry(registry) };
}

beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "multiarch-publisher-"));
    internal = await start({ serviceaccount: { password: "token" } });
    quay = await start({
        robot: { password: "secret" },
        reader: { password: "r", mayPush: false },
    });
});

afterEach(async () => {
    await Promise.all([internal.served.close(), quay.served.close()]);
    rmSync(folder, { recursive: true, force: true });
});

type Architecture = "amd64" | "arm64";

/** Puts an image into the internal registry, as a build does; its label is `architecture`, its program's what `holds` says. */
function built(architecture: Architecture, holds: Architecture = architecture): string {
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

interface Ended {
    readonly status: number | null;
    readonly stderr: string;
    /** What it reported, line by line. */
    readonly events: readonly Record<string, unknown>[];
    /** What Kubernetes would keep. */
    readonly termination: string;
}

interface Options {
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
async function publish(options: Options): Promise<Ended> {
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

const tagsOf = () => Object.fromEntries(quay.registry.repository("shop/api").tags);
const both = () => ({ amd64: built("amd64"), arm64: built("arm64") });
/** The list behind a tag, as its platforms and digests. */
function listBehind(tag: string): Record<string, string> {
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

describe.each(shells.map((shell) => [shell.join(" "), shell] as const))(
    "the publisher for regctl under %s",
    (_, shell) => {
        it("publishes one list of the built images under the immutable tag and the floating one", async () => {
            const digests = both();
            const { status, stderr, events, termination } = await publish({ digests, shell });
            expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
            const last = events.at(-1) as { digest: string; immutableTag: string };
            expect(last).toEqual({
                event: "published",
                digest: tagsOf()["latest"],
                immutableTag: `c0ffee000000-${last.digest.slice(7, 15)}`,
                moved: ["latest"],
                ahead: {},
            });
            expect(tagsOf()[last.immutableTag]).toBe(last.digest);
            expect(listBehind("latest")).toEqual(digests);
            expect(JSON.parse(termination)).toEqual(last);
            expect(events.map(({ event }) => event)).toEqual([
                "ready",
                "transferred",
                "transferred",
                "published",
            ]);
        });

        it("refuses an image that holds another architecture's programs, before any tag moves", async () => {
            await publish({ digests: both(), shell });
            const before = tagsOf();
            const digests = { amd64: built("amd64"), arm64: built("arm64", "amd64") };
            const { status, stderr, events, termination } = await publish({ digests, shell });
            expect(status).toBe(78);
            expect(stderr).toContain(
                `the arm64 image ${digests.arm64} starts /app/server, which is for amd64 (ELF machine 0x3e): wanted arm64 (0xb7); no tag moved.`,
            );
            expect(events.filter(({ event }) => event === "published")).toEqual([]);
            expect(termination).toBe("");
            expect(tagsOf()["latest"]).toBe(before["latest"]);
            const list = Object.keys(tagsOf()).filter((tag) =>
                /^c0ffee000000-[0-9a-f]{8}$/.test(tag),
            );
            expect(list).toHaveLength(1);
        });
    },
);

/** buildah, where CI has put it on the PATH and says so: there is no stand-in for it. */
const buildah = process.env["BUILDAH"] === undefined ? [] : (["buildah"] as const);

for (const tool of buildah) {
    describe("the publisher for buildah", () => {
        it("publishes one list of the built images", async () => {
            const digests = both();
            const { status, events } = await publish({ tool, digests });
            expect(events.at(-1)).toMatchObject({ event: "published", moved: ["latest"] });
            expect(status).toBe(0);
            expect(listBehind("latest")).toEqual(digests);
        });

        it("refuses an image that holds another architecture's programs, before any tag moves", async () => {
            const digests = { amd64: built("amd64"), arm64: built("arm64", "amd64") };
            const { status, stderr } = await publish({ tool, digests });
            expect(stderr).toContain(
                `the arm64 image ${digests.arm64} starts /app/server, which is for amd64 (ELF machine 0x3e): wanted arm64 (0xb7); no tag moved.`,
            );
            expect(status).toBe(78);
            expect(tagsOf()["latest"]).toBeUndefined();
        });
    });
}

describe("the publisher for regctl", () => {
    it("does not move a tag that somebody else has moved meanwhile, and says where it is", async () => {
        await publish({ digests: both() });
        const other = tagsOf()["latest"] ?? "";
        const repository = quay.registry.repository("shop/api");
        repository.tags.set("stable", built("amd64"));
        quay.registry.intercept(({ method, path }: RegistryRequest) => {
            // Between its first look and its second one: when it gives the list its immutable tag.
            if (method === "PUT" && /\/manifests\/c0ffee000000-[0-9a-f]{8}$/.test(path)) {
                repository.tags.set("stable", other);
            }
            return undefined;
        });
        const digests = { amd64: built("amd64") };
        const { status, events } = await publish({ digests, tags: "stable" });
        expect(status).toBe(0);
        expect(events.at(-1)).toMatchObject({ moved: [], ahead: { stable: other } });
        expect(tagsOf()["stable"]).toBe(other);
    });

    it.each([
        ["wrong credentials", "robot:wrong", 77],
        ["an account that may only read", "reader:r", 77],
    ])("gives up at once with %s, and pushes nothing", async (_what, user, code) => {
        const { status, events } = await publish({ digests: both(), user });
        expect(status).toBe(code);
        expect(events).toEqual([]);
        expect(tagsOf()).toEqual({});
    });

    it("ends the pod for another attempt where the registry fails for a while", async () => {
        quay.registry.intercept(({ method }: RegistryRequest) =>
            method === "PUT" ? refusal(503, "UNAVAILABLE", "try later") : undefined,
        );
        const { status, events } = await publish({ digests: both() });
        expect(status).toBe(1);
        expect(events.map(({ event }) => event)).toEqual(["ready"]);
        expect(tagsOf()).toEqual({});
    });

    it("moves nothing to a list that is not what was asked for", async () => {
        const digests = both();
        // The registry gives another list out than the one that it took.
        quay.registry.intercept(({ method, path }: RegistryRequest) => {
            const list = /\/manifests\/(sha256:[0-9a-f]{64})$/.exec(path)?.[1] ?? "";
            const held = quay.registry.repository("shop/api").manifests.get(list);
            return method === "GET" && held?.mediaType.includes("list") === true
                ? {
                      status: 200,
                      headers: { "content-type": held.mediaType },
                      body: Buffer.from(
                          held.bytes.toString().replace(digests.arm64, digests.amd64),
                      ),
                  }
                : undefined;
        });
        const { status, stderr } = await publish({ digests });
        expect(status).toBe(1);
        // The real regctl sees by the digest that it is another one.
        expect(stderr).toMatch(
            process.env["REGCTL"] === undefined
                ? `lacks arm64 as ${digests.arm64}; no tag moved`
                : /digest/,
        );
        expect(tagsOf()["latest"]).toBeUndefined();
    });

    it.each<[string, readonly [string, string], string]>([
        [
            "check_contents that returns at once",
            ["check_contents() {", "check_contents() { return 0;"],
            "arm64",
        ],
    ])("is tested: a %s lets a wrong image through", async (_what, mutate, wrong) => {
        const digests = { amd64: built("amd64"), [wrong]: built("arm64", "amd64") };
        const { status, events } = await publish({ digests, mutate });
        expect(status).toBe(0);
        expect(events.at(-1)).toMatchObject({ moved: ["latest"] });
    });
});
