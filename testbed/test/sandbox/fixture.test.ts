import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { command } from "../../sandbox/command";
import { createRepository } from "../../sandbox/fixture";

let root: string;

beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "repositories-"));
});

afterEach(() => {
    rmSync(root, { recursive: true });
});

describe("createRepository", () => {
    it("makes repositories with one equal commit", async () => {
        const [one, two] = [
            await createRepository("one", root),
            await createRepository("two", root),
        ];
        expect(one).toEqual({
            path: join(root, "one.git"),
            url: "git://git.sandbox.test/one.git",
            commit: two.commit,
        });
        expect(one.commit).toMatch(/^[0-9a-f]{40}$/);
        const log = await command(["git", "-C", one.path, "log", "--format=%an %aI %s", "main"]);
        expect(log).toBe("Sandbox 2026-01-01T00:00:00+00:00 Services of kubernaut\n");
        const files = await command([
            "git",
            "-C",
            one.path,
            "ls-tree",
            "-r",
            "--name-only",
            "main",
        ]);
        expect(files.trimEnd().split("\n")).toEqual([
            "VERSION",
            "docker/context-api.Dockerfile",
            "docker/data-storage.Dockerfile",
            "service/main.sh",
        ]);
    });

    it("leaves a repository alone that is there, and tells its newest commit", async () => {
        const { path, commit } = await createRepository("one", root);
        const who = ["-c", "user.name=A", "-c", "user.email=a@sandbox.test"];
        const commitTree = ["commit-tree", "-p", commit, "-m", "second", "main^{tree}"];
        const second = (await command(["git", "-C", path, ...who, ...commitTree])).trim();
        await command(["git", "-C", path, "update-ref", "refs/heads/main", second]);
        expect((await createRepository("one", root)).commit).toBe(second);
    });

    it.each(["", "../up", "a/b", ".hidden"])("refuses the name %j", async (name) => {
        await expect(createRepository(name, root)).rejects.toThrow(
            `repository name ${JSON.stringify(name)}: use letters, digits, dots, dashes, underscores.`,
        );
    });
});
