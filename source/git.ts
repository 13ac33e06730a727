import { execFile } from "node:child_process";

/** Seconds that a Git server may take to answer. */
const TIMEOUT_SECONDS = 30;

/** A Git command that failed; `stderr` is what git said. */
export class GitError extends Error {
    constructor(
        message: string,
        readonly stderr: string,
    ) {
        super(message);
    }
}

/**
 * Runs git with the user's own credentials, never asking for any: nobody may be there to answer.
 *
 * No shell sees an argument. Throws a {@link GitError} when git is missing, fails, or takes more than 30 s.
 */
export async function git(...args: string[]): Promise<string> {
    const env = {
        ...process.env,
        GIT_TERMINAL_PROMPT: "0",
        GIT_SSH_COMMAND: process.env["GIT_SSH_COMMAND"] ?? "ssh -o BatchMode=yes",
        // Only transports that carry a repository; `ext::` would run a command.
        GIT_ALLOW_PROTOCOL: "https:http:ssh:git:file",
        LC_ALL: "C",
        // Pulumi's configuration with every secret decrypted: nothing that git, or what git starts, needs to see.
        PULUMI_CONFIG: undefined,
        PULUMI_CONFIG_PASSPHRASE: undefined,
        PULUMI_ACCESS_TOKEN: undefined,
    };
    return new Promise((resolve, reject) => {
        execFile(
            "git",
            args,
            { env, timeout: TIMEOUT_SECONDS * 1000, maxBuffer: 64 * 1024 * 1024 },
            (error, stdout, stderr) => {
                if (error === null) {
                    resolve(stdout);
                } else if (error.code === "ENOENT") {
                    reject(
                        new GitError("git is not on the PATH: install it, then run this again", ""),
                    );
                } else if (error.killed === true) {
                    reject(
                        new GitError(
                            `git ${args[0] ?? ""} had no answer in ${TIMEOUT_SECONDS} s`,
                            stderr,
                        ),
                    );
                } else {
                    reject(new GitError(`git ${args[0] ?? ""} failed`, stderr.trim()));
                }
            },
        );
    });
}
