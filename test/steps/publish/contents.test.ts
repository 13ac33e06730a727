import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { elf } from "../../../simulator/images/elf";
import { type Blob, image, layer, type Layer } from "../../../simulator/images/oci";
import { type Entry, tar } from "../../../simulator/images/tar";
import { commandOf, shells } from "./shells";

const scripts = join(__dirname, "../../../steps/publish/scripts");
let folder: string;

beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "multiarch contents-"));
});

afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
});

const file = (path: string, content: Buffer | string, mode = 0o755): Entry => ({
    path,
    content,
    mode,
});
const server = (architecture: Parameters<typeof elf>[0]) => file("app/server", elf(architecture));

interface Options {
    readonly architecture?: string;
    readonly variables?: Readonly<Record<string, string>>;
    readonly shell?: readonly string[];
}

/** Has the publisher look into an image of these layers; what it says, and how it ends. */
function look(config: object, layers: readonly Layer[], options: Options = {}) {
    const { architecture = "arm64", variables = {}, shell = shells[0] ?? ["sh"] } = options;
    const made = image(architecture, config, layers, "docker");
    const blobs = join(folder, "blobs");
    mkdirSync(blobs, { recursive: true });
    const write = ({ digest, content }: Blob) => {
        writeFileSync(join(blobs, digest), content as Buffer);
    };
    [made.manifest, ...made.blobs].forEach(write);
    const work = join(folder, "work");
    mkdirSync(work, { recursive: true });
    // What the whole program has around it.
    const text = `set -eu
        give_up() { echo "$1" >&2; exit "$2"; }
        now() { echo 0; }
        get_manifest() { cat "$BLOBS/$1"; }
        get_blob() { cat "$BLOBS/$1"; }
        ${readFileSync(join(scripts, "contents.sh"), "utf8").replaceAll("/work/", `${work.replaceAll(" ", "\\ ")}/`)}
        check_contents ${architecture} ${made.manifest.digest}
        echo right`;
    const { program, args, path } = commandOf(shell, folder);
    const { status, stdout, stderr } = spawnSync(program, [...args, "-c", text], {
        encoding: "utf8",
        env: { PATH: path, BLOBS: blobs, ...variables },
    });
    return { status, stdout: stdout.trim(), stderr: stderr.trim(), digest: made.manifest.digest };
}

/** What is said of a file of another architecture than that of the image. */
const foreign = (path: string, found: string, machine: string, wanted = "arm64 (0xb7)") =>
    `starts ${path}, which is for ${found} (ELF machine 0x${machine}): wanted ${wanted}; no tag moved.`;

describe.each(shells.map((shell) => [shell.join(" "), shell] as const))(
    "check_contents under %s",
    (_, shell) => {
        it("refuses a program of another architecture, with path, found and wanted", () => {
            const config = { Entrypoint: ["/app/server"] };
            const { status, stderr, digest } = look(config, [layer([server("amd64")])], { shell });
            expect(stderr).toBe(
                `the arm64 image ${digest} ${foreign("/app/server", "amd64", "3e")} It came with: multiarch sandbox. Look at that line of the Dockerfile, and whether its base offers linux/arm64.`,
            );
            expect(status).toBe(78);
        });

        it.each(["amd64", "arm64", "ppc64le", "s390x"] as const)(
            "takes a program of %s for itself",
            (architecture) => {
                const config = { Cmd: ["/app/server", "--port", "8091"] };
                const { status, stdout, stderr } = look(config, [layer([server(architecture)])], {
                    architecture,
                    shell,
                });
                expect({ status, stdout, stderr }).toEqual({
                    status: 0,
                    stdout: "right",
                    stderr: "",
                });
            },
        );

        it("looks through gzip, links and linked parents, in every layer", () => {
            const base = layer(
                [
                    { path: "bin", link: "usr/bin" },
                    { path: "usr/bin" },
                    file("usr/bin/busybox", elf("amd64")),
                    { path: "usr/bin/sh", link: "busybox" },
                    { path: "usr/bin/hard", hardLink: "usr/bin/busybox" },
                ],
                { gzip: true },
            );
            const top = layer([server("arm64")], { gzip: true });
            expect(look({ Entrypoint: ["/bin/sh"] }, [base, top], { shell }).stderr).toContain(
                foreign("/bin/sh", "amd64", "3e"),
            );
            expect(look({ Entrypoint: ["/bin/hard"] }, [base, top], { shell }).stderr).toContain(
                foreign("/bin/hard", "amd64", "3e"),
            );
            expect(look({ Entrypoint: ["/app/server"] }, [base, top], { shell }).stdout).toBe(
                "right",
            );
        });

        it("looks at the interpreter that a script names, and at the program that env finds", () => {
            const layers = (line: string) => [
                layer([
                    file("usr/bin/env", elf("arm64")),
                    file("usr/local/bin/python3", elf("amd64")),
                    file("run", `${line}\nprint(1)\n`),
                ]),
            ];
            const config = { Entrypoint: ["/run"] };
            for (const line of [
                "#!/usr/local/bin/python3 -u",
                "#!/usr/bin/env python3",
                "#! /usr/bin/env -S python3 -u",
            ]) {
                expect(look(config, layers(line), { shell }).stderr).toContain(
                    foreign("/usr/local/bin/python3", "amd64", "3e"),
                );
            }
        });

        it("looks at a program's loader and libraries", () => {
            const program = elf("arm64", {
                loader: "/lib/ld-linux-aarch64.so.1",
                libraries: ["libssl.so.3"],
            });
            const with_ = (...entries: Entry[]) =>
                look({ Cmd: ["/app/server"] }, [layer([file("app/server", program), ...entries])], {
                    shell,
                });
            expect(with_(file("lib/ld-linux-aarch64.so.1", elf("amd64"))).stderr).toContain(
                foreign("/lib/ld-linux-aarch64.so.1", "amd64", "3e"),
            );
            expect(with_(file("usr/lib/libssl.so.3", elf("s390x"))).stderr).toContain(
                foreign("/usr/lib/libssl.so.3", "s390x", "16"),
            );
            expect(
                with_(
                    file("usr/lib/libssl.so.3", elf("arm64")),
                    file("opt/x86/libssl.so.3", elf("amd64")),
                ).stdout,
            ).toBe("right");
        });

        it("finds a command on the image's own PATH, and relative to its folder", () => {
            const layers = [
                layer([file("opt/it/bin/serve", elf("amd64")), file("srv/run", elf("amd64"))]),
            ];
            const env = ["HOME=/", "PATH=/opt/it/bin:/bin"];
            expect(look({ Cmd: ["serve"], Env: env }, layers, { shell }).stderr).toContain(
                "/opt/it/bin/serve, which",
            );
            expect(
                look({ Cmd: ["./run"], WorkingDir: "/srv" }, layers, { shell }).stderr,
            ).toContain("/run, which");
            expect(look({ Cmd: ["serve"] }, layers, { shell }).stdout).toBe("right");
        });

        it("looks behind a shell, and at what an entrypoint starts", () => {
            const layers = [
                layer([file("bin/sh", elf("arm64")), file("tini", elf("arm64")), server("amd64")]),
            ];
            const configs = [
                { Cmd: ["/bin/sh", "-c", "exec /app/server --port 8091"] },
                { Cmd: ["/bin/sh", "-c", "MODE=fast /app/server"] },
                { Entrypoint: ["/tini", "--"], Cmd: ["/app/server"] },
                { Entrypoint: ["/tini", "--", "/app/server"] },
            ];
            for (const config of configs) {
                expect(look(config, layers, { shell }).stderr).toContain(
                    foreign("/app/server", "amd64", "3e"),
                );
            }
        });

        it("sees a layer that covers, removes or hides what is below it", () => {
            const config = { Entrypoint: ["/app/server"] };
            const below = layer([{ path: "app" }, server("amd64")]);
            expect(look(config, [below, layer([server("arm64")])], { shell }).stdout).toBe("right");
            expect(look(config, [layer([server("arm64")]), below], { shell }).status).toBe(78);
            expect(
                look(config, [below, layer([file("app/.wh.server", "")])], { shell }).stdout,
            ).toBe("right");
            expect(
                look(config, [below, layer([file("app/.wh..wh..opq", "")])], { shell }).stdout,
            ).toBe("right");
            expect(look(config, [below, layer([file(".wh.app", "")])], { shell }).stdout).toBe(
                "right",
            );
            const again = layer([file("app/.wh..wh..opq", ""), server("amd64")]);
            expect(look(config, [below, again], { shell }).status).toBe(78);
        });

        it.each<[string, object, Entry[]]>([
            ["a script on scratch", { Entrypoint: ["/run"] }, [file("run", "#!/bin/none\n")]],
            ["an image that starts nothing", {}, [file("data", elf("amd64"))]],
            [
                "a foreign program that is not started",
                { Cmd: ["/app/server"] },
                [server("arm64"), file("opt/tool", elf("amd64"))],
            ],
            [
                "a name with blanks",
                { Cmd: ["/my app/server"] },
                [file("my app/server", elf("arm64"))],
            ],
            ["an empty file", { Cmd: ["/empty"] }, [file("empty", "")]],
        ])("takes %s", (_what, config, entries) => {
            const { status, stdout, stderr } = look(config, [layer(entries)], { shell });
            expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: "right", stderr: "" });
        });

        it("exempts the paths that the stack allows, and no others", () => {
            const config = { Entrypoint: ["/app/server"] };
            const allow = (paths: string) =>
                look(config, [layer([server("amd64")])], {
                    shell,
                    variables: { CONTENTS_ALLOW: paths },
                });
            expect(allow("/app/server").stdout).toBe("right");
            expect(allow("/opt/* /app/*").stdout).toBe("right");
            expect(allow("/app/other").status).toBe(78);
        });

        it("refuses to publish what it could not read", () => {
            const broken = {
                ...layer([server("arm64")]),
                content: Buffer.from("no archive, and longer than a block".repeat(40)),
            };
            const { status, stderr } = look({ Cmd: ["/app/server"] }, [broken], { shell });
            expect(status).toBe(1);
            expect(stderr).toContain("a layer of the arm64 image sha256:");
        });
    },
);

it("runs under at least one shell", () => {
    expect(shells.length).toBeGreaterThan(0);
    expect(tar([]).length).toBe(1024);
});
