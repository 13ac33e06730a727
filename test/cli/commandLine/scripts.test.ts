import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";

const root = join(__dirname, "../../..");
const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
    scripts: Record<string, string>;
};

jest.setTimeout(60_000);

/** Runs a line of package.json as npm does: by sh, with the words after it. */
function run(script: string, words: string) {
    const { status, stdout, stderr } = spawnSync("sh", ["-c", `${script} ${words}`], {
        cwd: root,
        encoding: "utf8",
    });
    return { status, stdout, stderr };
}

describe.each(Object.entries(scripts))("the script %s", (name, script) => {
    it("says with --help what it does, how it is called and what its exit codes mean", () => {
        const { status, stdout, stderr } = run(script, "--help");
        expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
        const [what, , usage, call] = stdout.split("\n");
        expect(what).toMatch(/^[A-Z].*\.$/);
        expect(usage).toBe("Usage:");
        const way = ["start", "test"].includes(name) ? `npm ${name}` : `npm run ${name}`;
        expect(call).toContain(way);
        expect(stdout).toMatch(/\n {2}--help, -h +show this text\n/);
        expect(stdout).toMatch(/\nExit codes:\n {2}0 {2}done\n {2}1 {2}\S.*\n {2}2 {2}\S.*\n$/);
    });
});

describe("a pipe whose reader has gone away", () => {
    it.each([
        ["plan", ""],
        ["plan", "--output all"],
        ["plan", "--json"],
        ["graph", ""],
        ["start", "--fault list"],
    ])("ends %s %s quietly", (name, words) => {
        const { stderr } = run(`${scripts[name] ?? ""} ${words}`, "| true");
        expect(stderr).toBe("");
    });
});

describe("a word that no script knows", () => {
    it.each([
        "plan",
        "graph",
        "timeline",
        "promote",
        "config-table",
        "lint",
        "typecheck",
        "format",
    ])("gives %s exit code 2 and no output", (name) => {
        const { status, stdout, stderr } = run(scripts[name] ?? "", "--nonsense");
        expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
        expect(stderr).toMatch(new RegExp(`^${name}: .*--nonsense`));
    });
});
