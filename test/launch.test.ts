import { execFile, execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { promisify } from "node:util";

const repository = path.join(__dirname, "..");
const launcher = "launch.cjs";
const sources = {
    "index.ts": 'import text from "./build/text.sh";\nexport default { text };\n',
    "build/text.sh": "echo one\n",
    "steps/command.ts": "export const command = 1;\n",
    "package-lock.json": "{}\n",
};
const bundles = ["command.js", "index.js", "inputs.json"];

let root: string;
let time = 1_000_000_000;

/** Writes a source of the small program, at a time of its own. */
function write(name: string, content: string): void {
    const file = path.join(root, name);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, content);
    time += 60;
    fs.utimesSync(file, time, time);
}

/** Starts the program as Pulumi does; returns what it exports. */
function start(environment: Record<string, string> = {}): unknown {
    const script = `process.stdout.write(JSON.stringify(require("./${launcher}")))`;
    const out = execFileSync(process.execPath, ["-e", script], {
        cwd: root,
        encoding: "utf8",
        env: { ...process.env, ...environment },
    });
    return JSON.parse(out);
}

/** When each file of bin was written; renaming a new file there changes the inode as well. */
function written(): Record<string, string> {
    return Object.fromEntries(
        fs.readdirSync(path.join(root, "bin")).map((name) => {
            const { mtimeMs, ino } = fs.statSync(path.join(root, "bin", name));
            return [name, `${mtimeMs} ${ino}`];
        }),
    );
}

beforeEach(() => {
    root = fs.mkdtempSync(path.join(os.tmpdir(), "multiarch-launch-"));
    for (const [name, content] of Object.entries(sources)) {
        write(name, content);
    }
    fs.copyFileSync(path.join(repository, launcher), path.join(root, launcher));
    fs.symlinkSync(path.join(repository, "node_modules"), path.join(root, "node_modules"));
});

afterEach(() => {
    fs.rmSync(root, { recursive: true });
});

// Every start is a process or two.
jest.setTimeout(30_000);

describe("launch.cjs", () => {
    it("bundles the two programs, with shell scripts as text, and starts the first", () => {
        expect(start()).toEqual({ text: "echo one\n" });
        expect(Object.keys(written()).sort()).toEqual(bundles);
    });

    it("leaves the bundles as they are while nothing has changed", () => {
        start();
        const before = written();

        expect(start()).toEqual({ text: "echo one\n" });
        expect(written()).toEqual(before);
    });

    it.each([
        ["a source", "build/text.sh", "echo two\n", "echo two\n"],
        ["what a Command runs", "steps/command.ts", "export const command = 2;\n", "echo one\n"],
        ["the packages", "package-lock.json", "{ }\n", "echo one\n"],
    ])("bundles anew when %s has changed", (_, name, content, text) => {
        start();
        const before = written();
        write(name, content);

        expect(start()).toEqual({ text });
        for (const file of bundles) {
            expect(written()[file]).not.toBe(before[file]);
        }
    });

    it.each([
        { what: "takes no stacks", stacks: "", lines: 1 },
        { what: "takes stacks for who asks", stacks: "1", lines: 11 },
    ])("$what", ({ stacks, lines }) => {
        write(
            "index.ts",
            `const { stack } = (function f(n: number): Error { return n > 0 ? f(n - 1) : new Error("it"); })(20);
            export default { lines: stack?.split("\\n").length };`,
        );

        expect(start({ MULTIARCH_STACKS: stacks })).toEqual({ lines });
    });

    it("leaves the SDK as it is", () => {
        write(
            "index.ts",
            `import { log, Resource } from "@pulumi/pulumi";
            import * as debuggable from "@pulumi/pulumi/runtime/debuggable";
            const own = (value: unknown, part: string) => String(value).includes(part);
            const { stackTrace } = Resource as unknown as { stackTrace: unknown };
            export default [
                own(log.debug, "getEngine"),
                own(stackTrace, "getStackTrace") || own(stackTrace, "callsites"),
                own(debuggable.debuggablePromise, "leakCandidates"),
            ];`,
        );

        expect(start()).toEqual([true, true, true]);
    });

    it("leaves whole files when several start at the same time", async () => {
        start();
        const [index, command] = ["index.js", "command.js"].map((name) =>
            fs.readFileSync(path.join(root, "bin", name), "utf8"),
        );
        fs.rmSync(path.join(root, "bin"), { recursive: true });
        const script = `process.stdout.write(require("./${launcher}").text)`;
        const run = promisify(execFile);
        const starts = Array.from({ length: 3 }, () =>
            run(process.execPath, ["-e", script], { cwd: root }),
        );

        expect((await Promise.all(starts)).map(({ stdout }) => stdout)).toEqual(
            Array(3).fill("echo one\n"),
        );
        expect(Object.keys(written()).sort()).toEqual(bundles);
        expect(fs.readFileSync(path.join(root, "bin/index.js"), "utf8")).toBe(index);
        expect(fs.readFileSync(path.join(root, "bin/command.js"), "utf8")).toBe(command);
    });
});
