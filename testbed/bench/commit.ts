import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

import { type Repository } from "../sandbox/fixture";
import { run, succeeded } from "../e2e/run";

/** Commits files on a repository's main. */
export async function commitTo(
    repository: Repository,
    scratch: string,
    files: Readonly<Record<string, string>>,
): Promise<void> {
    const clone = mkdtempSync(join(scratch, "clone-"));
    const author = ["-c", "user.name=Bench", "-c", "user.email=bench@sandbox.test"];
    const git = async (...args: string[]) =>
        succeeded(await run(["git", ...author, "-C", clone, ...args]));
    await git("clone", "-q", repository.path, ".");
    for (const [path, content] of Object.entries(files)) {
        mkdirSync(dirname(join(clone, path)), { recursive: true });
        writeFileSync(join(clone, path), content);
    }
    await git("add", "-A");
    await git("commit", "-q", "-m", "Change by the bench");
    await git("push", "-q", "origin", "HEAD:main");
    rmSync(clone, { recursive: true, force: true });
}
