import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";

import { command } from "./command";
import { gitUrl, paths } from "./settings";

/** A repository that the sandbox's Git host serves. */
export interface Repository {
    /** The bare repository on this machine: push to it, or commit in it. */
    readonly path: string;
    /** Where it is to be had from inside the sandbox. */
    readonly url: string;
    /** The commit that its branch main points to. */
    readonly commit: string;
}

/** Name of the repository that is always there. */
export const fixtureName = "kubernaut";

/** Makes a repository from the fixture's files unless it is there; its first commit is always equal. */
export async function createRepository(
    name: string,
    root: string = paths.gitRoot,
): Promise<Repository> {
    if (!/^[a-z0-9][a-z0-9._-]*$/i.test(name)) {
        throw new Error(
            `repository name ${JSON.stringify(name)}: use letters, digits, dots, dashes, underscores.`,
        );
    }
    const path = join(root, `${name}.git`);
    if (!existsSync(path)) {
        mkdirSync(root, { recursive: true });
        const scratch = mkdtempSync(join(root, ".new-"));
        try {
            await build(scratch);
            renameSync(join(scratch, "repository.git"), path);
        } finally {
            rmSync(scratch, { recursive: true, force: true });
        }
    }
    const commit = await git(["-C", path, "rev-parse", "main"]);
    return { path, url: gitUrl(name), commit };
}

async function build(scratch: string): Promise<void> {
    const bare = join(scratch, "repository.git");
    await git(["init", "-q", "--bare", "--initial-branch=main", bare]);
    const tree = ["--git-dir", bare, "--work-tree", join(__dirname, "fixture")];
    await git([...tree, "add", "--all", "--force", "."]);
    const root = await git([...tree, "write-tree"]);
    const commit = await git([...tree, "commit-tree", "-m", "Services of kubernaut", root]);
    await git([...tree, "update-ref", "refs/heads/main", commit]);
    rmSync(join(bare, "index"), { force: true });
}

/** Runs git without the settings of this machine and user, which could change a commit. */
async function git(args: readonly string[]): Promise<string> {
    const who = { NAME: "Sandbox", EMAIL: "sandbox@sandbox.test", DATE: "2026-01-01T00:00:00Z" };
    const env = Object.entries(who).flatMap(([key, value]): [string, string][] => [
        [`GIT_AUTHOR_${key}`, value],
        [`GIT_COMMITTER_${key}`, value],
    ]);
    const own = {
        PATH: process.env["PATH"],
        GIT_CONFIG_NOSYSTEM: "1",
        GIT_CONFIG_GLOBAL: "/dev/null",
        ...Object.fromEntries(env),
    };
    // A work tree of another owner is no danger here: the files are this repository's own.
    return (await command(["git", "-c", "safe.directory=*", ...args], { env: own })).trim();
}
