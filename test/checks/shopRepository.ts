import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";

import { ownGit } from "./source/recordGit";

/** The URL of the stacks' repository: whoever asks for it gets a folder of this machine. */
export const url = "https://git.example.com/shop.git";

/** Makes the repository in a new folder below one, sends git there for its URL, and returns its only commit. */
export function makeRepository(folder: string): string {
    const work = path.join(folder, "work");
    fs.mkdirSync(work);
    Object.assign(process.env, ownGit, {
        GIT_CONFIG_COUNT: "2",
        GIT_CONFIG_KEY_0: `url.file://${work}.insteadOf`,
        GIT_CONFIG_VALUE_0: url,
        GIT_CONFIG_KEY_1: "url.file:///nowhere/.insteadOf",
        GIT_CONFIG_VALUE_1: "https://nowhere.example.com/",
    });
    const git = (...args: string[]) =>
        execFileSync("git", args, { cwd: work, encoding: "utf8" }).trim();
    git("init", "--quiet", "--initial-branch", "main");
    git("config", "uploadpack.allowFilter", "true");
    fs.writeFileSync(path.join(work, "Dockerfile"), "FROM scratch\n");
    // Port 1: nobody answers.
    const pinned = `127.0.0.1:1/shop/base@sha256:${"0".repeat(64)}`;
    fs.writeFileSync(path.join(work, "pinned.Dockerfile"), `FROM ${pinned}\n`);
    git("add", ".");
    git("commit", "--quiet", "--message", "first");
    return git("rev-parse", "HEAD");
}
