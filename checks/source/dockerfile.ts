import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import * as path from "node:path";

import { refusal } from "../../config/refusal";
import { git, type GitLogin } from "./git";
import { cacheHome, inCommit, keep } from "./partialClone";

/** A Dockerfile in one commit of a repository. */
export interface DockerfileAt {
    readonly url: string;
    readonly commit: string;
    readonly contextDir: string;
    readonly dockerfilePath: string;
    /** The account to fetch with. @default the user's own Git credentials */
    readonly login?: GitLogin;
}

/**
 * Looks for each Dockerfile in its commit, before a build is started that would fail for want of it.
 *
 * Only the folders of the commit are fetched (a partial clone), once: its list of paths is kept in the user's cache,
 * and never changes. A server that gives out no single commits leaves the question to the build.
 *
 * Throws a `RunError` that names every missing one, or the password that the server does not take.
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

/** What is in a submodule, or behind a link to a folder, is not listed: those stand for all that is below them. */
function mayHave(files: ReadonlySet<string>, file: string): boolean {
    return file
        .split("/")
        .map((_, index, parts) => parts.slice(0, index + 1).join("/"))
        .some((part) => files.has(part));
}

/** Its path in the repository. */
export function pathOf({ contextDir, dockerfilePath }: DockerfileAt): string {
    return path.posix.normalize(path.posix.join(contextDir, dockerfilePath));
}

/** The paths of a commit; undefined when the server does not show them. */
async function filesOf(
    { url, commit, login }: DockerfileAt,
    cache: string,
): Promise<ReadonlySet<string> | undefined> {
    const name = createHash("sha256").update(`${url} ${commit}`).digest("hex").slice(0, 32);
    const listing = path.join(cache, "commits", name);
    if (existsSync(listing)) {
        return new Set(readFileSync(listing, "utf8").split("\0"));
    }
    const files = await inCommit({ url, commit, login }, async (at) =>
        git([...at, "ls-tree", "-r", "-z", "--name-only", commit]),
    );
    if (files === undefined) {
        return undefined;
    }
    keep(listing, files);
    return new Set(files.split("\0"));
}
