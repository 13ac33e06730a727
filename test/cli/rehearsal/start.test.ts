import { spawnSync } from "node:child_process";
import { join } from "node:path";

const root = join(__dirname, "../../..");

/** Runs `npm start` with these words. */
function start(...words: string[]) {
    const args = ["--require", "tsx/cjs", "cli/start.ts", ...words];
    const { status, stdout, stderr } = spawnSync(process.execPath, args, {
        cwd: root,
        encoding: "utf8",
    });
    return { status, lines: stdout.trim().split("\n"), stderr };
}

jest.setTimeout(120_000);

describe("npm start", () => {
    it("rehearses the whole update twice, and the second one changes nothing", () => {
        const { status, lines, stderr } = start();
        expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
        expect(lines.length).toBeLessThanOrEqual(60);
        expect(lines[0]).toContain("are simulated in this process");
        expect(lines.filter((line) => line.startsWith("Update "))).toEqual([
            "Update 1: 20 create",
            "Update 2: 20 same",
        ]);
        const text = lines.join("\n");
        const [, amd64 = ""] = /linux\/amd64 +(sha256:[0-9a-f]{64})/.exec(text) ?? [];
        const [, arm64 = ""] = /linux\/arm64 +(sha256:[0-9a-f]{64})/.exec(text) ?? [];
        expect(text).toMatch(
            / digest +127\.0\.0\.1:\d+\/example\/context-api@sha256:[0-9a-f]{64}\n/,
        );
        expect(text).toMatch(/ tags +[0-9a-f]{12}-[0-9a-f]{8}, latest, v0\.1\.0\n/);
        expect(text).toMatch(
            new RegExp(` pod +context-api-\\w+-\\w{5} on amd64-0 runs ${amd64}\n`),
        );
        expect(text).toMatch(
            new RegExp(` pod +context-api-\\w+-\\w{5} on arm64-0 runs ${arm64}\n`),
        );
        expect(text).not.toContain("only-in-the-rehearsal");
    });

    it("shows an image of the wrong architecture refused before any tag moves", () => {
        const { status, lines, stderr } = start("--fault", "wrong-architecture");
        expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
        const text = lines.join("\n");
        expect(text).toContain(
            "context-api: an image is not for the architecture that it was built for; no list was made",
        );
        expect(text).toMatch(
            /the arm64 image sha256:[0-9a-f]{64} starts \/app\/context-api, which is for amd64 \(ELF machine 0x3e\): wanted arm64 \(0xb7\); no tag moved/,
        );
        expect(lines.at(-1)).toBe("Floating tags that moved: none");
    });

    it("shows what is refused before anything is changed", () => {
        const { status, lines } = start("--fault=node-missing");
        expect(status).toBe(0);
        expect(lines.join("\n")).toContain(
            'architecture "arm64": the cluster has no such node, only amd64.',
        );
        expect(lines.join("\n")).not.toContain("first build");
    });

    it("lists the faults", () => {
        const { status, lines } = start("--fault", "list");
        expect(status).toBe(0);
        expect(lines.map((line) => line.split(" ")[0])).toEqual([
            "wrong-architecture",
            "build-fails",
            "dockerfile-missing",
            "node-missing",
            "wrong-password",
            "registry-down",
        ]);
    });

    it.each([["--nothing"], ["--fault", "constructor"], ["--output", "none"], ["--fault"]])(
        "says in one line what it takes instead of %j, with exit code 2",
        (...words) => {
            const { status, lines, stderr } = start(...words);
            expect({ status, lines }).toEqual({ status: 2, lines: [""] });
            expect(stderr).toMatch(
                /^multiarch: unknown .*: expected --output all\|short, --fault NAME .*\n$/,
            );
        },
    );
});
