import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import * as path from "node:path";

import { type DockerfileAt, pathOf } from "./dockerfile";
import { git } from "./git";
import { cacheHome, inCommit, keep } from "./partialClone";

/**
 * What is in a Dockerfile of one commit; undefined when it is not there or the server does not show it.
 *
 * One file is fetched, once: the commit's never changes, and is kept in the user's cache.
 */
export async function readDockerfile(
    file: DockerfileAt,
    cache = path.join(cacheHome(), "multiarch"),
): Promise<string | undefined> {
    const { url, commit, login } = file;
    const id = `${url} ${commit} ${pathOf(file)}`;
    const name = createHash("sha256").update(id).digest("hex").slice(0, 32);
    const kept = path.join(cache, "dockerfiles", name);
    if (existsSync(kept)) {
        return readFileSync(kept, "utf8");
    }
    const text = await inCommit(file, async (at) =>
        git([...at, "cat-file", "blob", `${commit}:${pathOf(file)}`], login),
    );
    if (text !== undefined) {
        keep(kept, text);
    }
    return text;
}
