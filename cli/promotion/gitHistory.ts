import { basename, dirname } from "node:path";

import { GitError, git } from "../../checks/source/git";
import { digestIn } from "./editDigest";
import { refuse } from "../../config/promotionRefusal";

/** Stands in a stack's file where nothing has been promoted yet. */
export const noDigest = `sha256:${"0".repeat(64)}`;

/** Refuses a file that Git does not have as it is: the promotion would not be one reviewable line. */
export async function requireClean(path: string, shown: string): Promise<void> {
    let status: string;
    try {
        status = await inFolder(path, "status", "--porcelain", "--ignored", "--", basename(path));
    } catch (error) {
        throw refuse({
            key: shown,
            is: `Git does not know it: ${error instanceof GitError ? error.stderr || error.message : String(error)}`,
            accepted: "a file in a Git repository, where the promotion can be reviewed and undone",
            next: `git log --oneline -- ${shown}`,
        });
    }
    if (status !== "") {
        const untracked = status.startsWith("??") || status.startsWith("!!");
        throw refuse({
            key: shown,
            is: untracked ? "is not in Git" : "has changes that are not committed",
            accepted: "the file as Git has it",
            next: untracked ? `git add ${shown} && git commit` : `git diff HEAD -- ${shown}`,
        });
    }
}

/**
 * Digests that the file gave an image before, latest first, each once, without the present one: the values that the
 * line had in the history of the file.
 */
export async function earlierDigests(path: string, image: string): Promise<string[]> {
    const file = basename(path);
    const revisions = await inFolder(path, "log", "--max-count=200", "--format=%H", "--", file);
    const digests = new Set<string>();
    let present: string | undefined;
    for (const [index, revision] of revisions.split("\n").filter(Boolean).entries()) {
        const digest = digestIn(await textOf(path, revision, file), image);
        if (index === 0) {
            present = digest;
        }
        if (digest !== undefined && digest !== present && digest !== noDigest) {
            digests.add(digest);
        }
    }
    return [...digests];
}

/** Commits the file and nothing else. */
export async function commitFile(path: string, message: string): Promise<string> {
    await inFolder(path, "commit", "--quiet", "-m", message, "--", basename(path));
    return (await inFolder(path, "rev-parse", "--short=12", "HEAD")).trim();
}

async function textOf(path: string, revision: string, file: string): Promise<string> {
    try {
        return await inFolder(path, "show", `${revision}:./${file}`);
    } catch (error) {
        // The commit that removed the file.
        if (error instanceof GitError) {
            return "";
        }
        throw error;
    }
}

async function inFolder(path: string, ...args: string[]): Promise<string> {
    return git(["-C", dirname(path), ...args]);
}
