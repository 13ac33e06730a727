import { createHash } from "node:crypto";
import {
    existsSync,
    mkdirSync,
    mkdtempSync,
    readFileSync,
    renameSync,
    rmSync,
    writeFileSync,
} from "node:fs";
import { homedir, tmpdir } from "node:os";
import * as path from "node:path";

import { GitError, git } from "./git";
import { refusal } from "../refusal";

/** A Dockerfile in one commit of a repository. */
export interface DockerfileAt {
    readonly url: string;
    readonly commit: string;
    readonly contextDir: string;
    readonly dockerfilePath: string;
}

/**
 * Looks for each Dockerfile in its commit, before a build is started that would fail for want of it.
 *
 * Only the folders of the commit are fetched (a partial clone), once: its list of paths is kept in the user's cache,
 * and never changes. A server that gives out no single commits leaves the question to the build.
 *
 * Throws a `RunError` that names every missing one.
 */
export async function checkDockerfiles(
    wanted: readonly DockerfileAt[],
    cache = path.join(cacheHome(), "multiarch"),
): Promise<void> {
    const commits = new Map(wanted.map((file) => [`${file.url} ${file.commit}`, file]));
    const listings = new Map(
        await Promise.all(
            [...commits].map(async ([key, file]) => [key, await filesOf(file, cache)] as const),
        ),
    );
    const problems = wanted.filter((file) => {
        const files = listings.get(`${file.url} ${file.commit}`);
        return files !== undefined && !mayHave(files, pathOf(file));
    });
    if (problems.length > 0) {
        throw refusal(
            problems
                .map(
                    (file) =>
                        `multiarch:images.dockerfilePath: there is no ${JSON.stringify(pathOf(file))} in commit ${file.commit} of ${file.url}.`,
                )
                .concat(
                    "See what is there: git ls-tree -r --name-only COMMIT; then correct dockerfilePath or contextDir.",
                )
                .join("\n"),
        );
    }
}

/** Where the user's programs keep what can be had again; a path that is not absolute counts for nothing (XDG). */
function cacheHome(): string {
    const given = process.env["XDG_CACHE_HOME"] ?? "";
    return path.isAbsolute(given) ? given : path.join(homedir(), ".cache");
}

/** What is in a submodule, or behind a link to a folder, is not listed: those stand for all that is below them. */
function mayHave(files: ReadonlySet<string>, file: string): boolean {
    return file
        .split("/")
        .map((_, index, parts) => parts.slice(0, index + 1).join("/"))
        .some((part) => files.has(part));
}

function pathOf({ contextDir, dockerfilePath }: DockerfileAt): string {
    return path.posix.normalize(path.posix.join(contextDir, dockerfilePath));
}

/** The paths of a commit; undefined when the server does not show them. */
async function filesOf(
    { url, commit }: DockerfileAt,
    cache: string,
): Promise<ReadonlySet<string> | undefined> {
    const name = createHash("sha256").update(`${url} ${commit}`).digest("hex").slice(0, 32);
    const listing = path.join(cache, "commits", name);
    if (existsSync(listing)) {
        return new Set(readFileSync(listing, "utf8").split("\0"));
    }
    const scratch = mkdtempSync(path.join(tmpdir(), "multiarch-git-"));
    try {
        await git("init", "--quiet", "--bare", scratch);
        const at = ["-C", scratch];
        await git(...at, "config", "remote.origin.url", url);
        await git(...at, "config", "remote.origin.promisor", "true");
        await git(...at, "config", "remote.origin.partialclonefilter", "blob:none");
        const partial = ["--depth=1", "--filter=blob:none", "--no-tags", "--quiet"];
        await git(...at, "fetch", ...partial, "origin", commit);
        const files = await git(...at, "ls-tree", "-r", "-z", "--name-only", commit);
        keep(listing, files);
        return new Set(files.split("\0"));
    } catch (error) {
        if (error instanceof GitError) {
            return undefined;
        }
        throw error;
    } finally {
        rmSync(scratch, { recursive: true, force: true });
    }
}

/** Best effort: in a container there may be no folder to keep anything in. */
function keep(listing: string, files: string): void {
    try {
        mkdirSync(path.dirname(listing), { recursive: true });
        // Whole or not at all: another run may be reading.
        writeFileSync(`${listing}.${process.pid}`, files);
        renameSync(`${listing}.${process.pid}`, listing);
    } catch {
        // The next run asks again.
    }
}
