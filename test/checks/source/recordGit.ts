import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";

import * as pulumi from "@pulumi/pulumi";

/** The git of this machine, wherever the `PATH` points later. */
export const realGit = execFileSync("sh", ["-c", "command -v git"], { encoding: "utf8" }).trim();

/** Variables for a git that has nothing of this machine's and user's, and asks no other machine. */
export const ownGit = {
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_CONFIG_SYSTEM: "/dev/null",
    GIT_AUTHOR_NAME: "a",
    GIT_AUTHOR_EMAIL: "a@example.com",
    GIT_COMMITTER_NAME: "a",
    GIT_COMMITTER_EMAIL: "a@example.com",
    GIT_SSH_COMMAND: "false",
};

/** Puts a git before the real one, below a folder, that writes down what it is asked. */
export function recordGit(folder: string): () => string[] {
    const log = path.join(folder, "questions");
    const bin = path.join(folder, "bin");
    fs.mkdirSync(bin, { recursive: true });
    fs.writeFileSync(log, "");
    const script = `#!/bin/sh\necho "$*" >>'${log}'\nexec '${realGit}' "$@"\n`;
    fs.writeFileSync(path.join(bin, "git"), script, { mode: 0o755 });
    process.env["PATH"] = `${bin}:${process.env["PATH"] ?? ""}`;
    return () =>
        fs
            .readFileSync(log, "utf8")
            .split("\n")
            .filter((line) => line !== "");
}

/** The message of the RunError that a promise rejects with; undefined when it is fulfilled. */
export async function refusalOf(promise: Promise<unknown>): Promise<string | undefined> {
    try {
        await promise;
        return undefined;
    } catch (error) {
        if (pulumi.RunError.isInstance(error)) {
            return error.message;
        }
        throw error;
    }
}
