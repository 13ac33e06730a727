import { spawnSync } from "node:child_process";
import {
    cpSync,
    mkdirSync,
    mkdtempSync,
    readFileSync,
    rmSync,
    utimesSync,
    writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";

const SOURCES = join(__dirname, "..", "..", "cli");
const LOCK = '{ "lockfileVersion": 3 }\n';

describe("npm run", () => {
    let folder: string;

    beforeEach(() => {
        folder = mkdtempSync(join(tmpdir(), "multiarch install "));
        for (const name of ["run.sh", "install.cjs"]) {
            mkdirSync(join(folder, "cli"), { recursive: true });
            cpSync(join(SOURCES, name), join(folder, "cli", name));
        }
        write("package-lock.json", LOCK);
        write("program.js", "console.log('it runs');\n");
        write("tsx.js", "");
        // What npm ci does: it removes the packages, and writes them anew.
        write(
            "bin/npm",
            `#!/bin/sh
echo "$1" >> calls
rm -rf node_modules
mkdir -p node_modules/tsx
cp tsx.js node_modules/tsx/cjs.js
echo '{}' > node_modules/.package-lock.json
`,
            0o755,
        );
    });

    afterEach(() => {
        rmSync(folder, { recursive: true });
    });

    function write(name: string, text: string, mode = 0o644): void {
        mkdirSync(dirname(join(folder, name)), { recursive: true });
        writeFileSync(join(folder, name), text, { mode });
    }

    /** Runs the program, and returns how often npm was called since the test began. */
    function run(): number {
        const { status, stdout, stderr } = spawnSync("sh", ["cli/run.sh", "./program.js"], {
            cwd: folder,
            encoding: "utf8",
            env: { PATH: `${join(folder, "bin")}${delimiter}${process.env["PATH"] ?? ""}` },
        });
        expect({ status, stdout, stderr: status === 0 ? "" : stderr }).toEqual({
            status: 0,
            stdout: "it runs\n",
            stderr: "",
        });
        try {
            return readFileSync(join(folder, "calls"), "utf8").split("\n").length - 1;
        } catch {
            return 0;
        }
    }

    it("installs where nothing is installed, and only once", () => {
        expect(run()).toBe(1);
        expect(run()).toBe(1);
    });

    it("does not install again where a merge wrote the same lock file anew", () => {
        run();
        const later = new Date(Date.now() + 3_600_000);
        utimesSync(join(folder, "package-lock.json"), later, later);
        expect(run()).toBe(1);
    });

    it("installs again where the lock file says something else, even if it is an older file", () => {
        run();
        write("package-lock.json", '{ "lockfileVersion": 3, "packages": {} }\n');
        const before = new Date(0);
        utimesSync(join(folder, "package-lock.json"), before, before);
        expect(run()).toBe(2);
        expect(run()).toBe(2);
    });

    it("takes what somebody installed with npm by hand, and goes by time there", () => {
        spawnSync("sh", ["bin/npm", "ci"], { cwd: folder });
        const before = new Date(0);
        utimesSync(join(folder, "package-lock.json"), before, before);
        expect(run()).toBe(1);
        const later = new Date(Date.now() + 3_600_000);
        utimesSync(join(folder, "package-lock.json"), later, later);
        expect(run()).toBe(2);
        expect(run()).toBe(2);
    });
});
