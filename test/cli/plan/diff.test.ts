import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { diffWith } from "../../../cli/plan/diff";
import { emptyFolder, removeFolders } from "./stackFolder";

/** Runs git in a folder, as nobody in particular. */
function git(folder: string, ...args: string[]): string {
    const identity = ["-c", "user.name=test", "-c", "user.email=test@example.com"];
    return execFileSync("git", ["-C", folder, ...identity, ...args], { encoding: "utf8" });
}

/** A repository whose plan is a text: `old` in the first commit, a fault in the second, none before. */
function repository(): string {
    const root = emptyFolder();
    git(root, "init", "--quiet");
    symlinkSync(join(__dirname, "../../../node_modules"), join(root, "node_modules"), "dir");
    const commit = (tag: string) => {
        git(root, "add", "--all", ":!node_modules");
        git(root, "commit", "--quiet", "--allow-empty", "--message", tag);
        git(root, "tag", tag);
    };
    commit("none");
    mkdirSync(join(root, "cli"));
    const program = join(root, "cli/plan.ts");
    writeFileSync(program, 'console.log(`same\\n${process.argv.slice(2).join(" ")}` as string);\n');
    commit("old");
    writeFileSync(program, 'console.error("no such stack"); process.exit(1);\n');
    commit("faulty");
    return root;
}

/** Worktrees of a repository, and folders that a plan has left behind. */
function leftovers(root: string): string[] {
    const trees = git(root, "worktree", "list", "--porcelain").match(/^worktree /gm) ?? [];
    const folders = readdirSync(tmpdir()).filter((name) => name.startsWith("multiarch-plan-"));
    return [...trees.slice(1), ...folders];
}

describe("diffWith", () => {
    let root = "";
    const place = { output: "tree", stack: "prod", configFile: undefined } as const;
    const asked = "--stack prod --output tree";

    beforeAll(() => {
        root = repository();
    });
    afterAll(removeFolders);
    afterEach(() => {
        // eslint-disable-next-line jest/no-standalone-expect -- it holds for each of them
        expect(leftovers(root)).toEqual([]);
    });

    it("shows how the plan of another revision differs, made by that revision's program", () => {
        const id = git(root, "rev-parse", "--short=7", "old").trim();
        expect(diffWith({ root, ref: "old", now: "same\nnew\n", ...place })).toEqual({
            differs: true,
            text: [
                `Plan of stack prod: old (${id}) -> this checkout`,
                "--- before/plan",
                "+++ now/plan",
                "@@ -1,2 +1,2 @@",
                " same",
                `-${asked}`,
                "+new",
                "",
            ].join("\n"),
        });
    });

    it("says that there is no difference", () => {
        const { text, differs } = diffWith({ root, ref: "old", now: `same\n${asked}\n`, ...place });
        expect(differs).toBe(false);
        expect(text.split("\n").slice(1)).toEqual(["No difference.", ""]);
    });

    it("names a revision that does not exist", () => {
        expect(() => diffWith({ root, ref: "nowhere", now: "", ...place })).toThrow(
            "--diff nowhere: not a revision of this repository. See what there is: git log --oneline --all",
        );
    });

    it("says that a revision is older than the plan", () => {
        const id = git(root, "rev-parse", "--short=7", "none").trim();
        expect(() => diffWith({ root, ref: "none", now: "", ...place })).toThrow(
            `--diff none: ${id} has no plan, as it is without cli/plan.ts. See what has one: git log --oneline -- cli/plan.ts`,
        );
    });

    it("repeats what the other revision's plan says when it fails", () => {
        expect(() => diffWith({ root, ref: "faulty", now: "", ...place })).toThrow(
            "--diff faulty: that revision has no such plan. It says:\nno such stack",
        );
    });
});
