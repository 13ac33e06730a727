import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import * as path from "node:path";

import { git, GitError, type GitLogin, isRefused } from "./git";
import { unreadable } from "./unreadable";

/** Where the user's programs keep what can be had again; a path that is not absolute counts for nothing (XDG). */
export function cacheHome(): string {
    const given = process.env["XDG_CACHE_HOME"] ?? "";
    return path.isAbsolute(given) ? given : path.join(homedir(), ".cache");
}

/** Best effort: in a container there may be no folder to keep anything in. */
export function keep(file: string, content: string): void {
    try {
        mkdirSync(path.dirname(file), { recursive: true });
        // Whole or not at all: another run may be reading.
        writeFileSync(`${file}.${process.pid}`, content);
        renameSync(`${file}.${process.pid}`, file);
    } catch {
        // The next run asks again.
    }
}

/**
 * Fetches the folders of one commit into a repository for the time being, and hands git's arguments to work there.
 *
 * Undefined when the server does not show it; throws a `RunError` when it does not take the account.
 */
export async function inCommit<T>(
    source: { readonly url: string; readonly commit: string; readonly login?: GitLogin },
    use: (at: readonly string[]) => Promise<T>,
): Promise<T | undefined> {
    const { url, commit, login } = source;
    const scratch = mkdtempSync(path.join(tmpdir(), "multiarch-git-"));
    try {
        await git(["init", "--quiet", "--bare", scratch]);
        const remote = { url, promisor: "true", partialclonefilter: "blob:none" };
        const settings = Object.entries(remote).map(
            ([key, value]) => `remote.origin.${key}=${value}`,
        );
        const at = ["-C", scratch, ...settings.flatMap((setting) => ["-c", setting])];
        const partial = ["--depth=1", "--filter=blob:none", "--no-tags", "--quiet"];
        await git([...at, "fetch", ...partial, "origin", commit], login);
        return await use(at);
    } catch (error) {
        if (error instanceof GitError) {
            if (login !== undefined && isRefused(error)) {
                throw unreadable(url, error, login);
            }
            return undefined;
        }
        throw error;
    } finally {
        rmSync(scratch, { recursive: true, force: true });
    }
}
