import { execFile } from "node:child_process";

import { childEnvironment } from "../../config/childEnvironment";

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

/** An account of a Git server that is reached over http or https. */
export interface GitLogin {
    /** The repository, or another URL of the same server: no other server is told the password. */
    readonly url: string;
    readonly username: string;
    readonly password: string;
}

/** Whether git failed because the server did not take an account, or wanted one. */
export function isRefused({ stderr }: GitError): boolean {
    return /Authentication failed|could not read (?:Username|Password)|returned error: 40[13]/.test(
        stderr,
    );
}

/**
 * Runs git with an account, or else the user's own credentials, never asking for any: nobody may be there to answer.
 *
 * No shell sees an argument. Throws a {@link GitError} when git is missing, fails, or takes more than 30 s.
 */
export async function git(args: readonly string[], login?: GitLogin): Promise<string> {
    // Nothing that git, or what git starts, needs to see of Pulumi; and no repository of somebody's hook.
    const env = childEnvironment({
        ...(login && loginEnvironment(login)),
        GIT_TERMINAL_PROMPT: "0",
        GIT_SSH_COMMAND: process.env["GIT_SSH_COMMAND"] ?? "ssh -o BatchMode=yes",
        // Only transports that carry a repository; `ext::` would run a command.
        GIT_ALLOW_PROTOCOL: "https:http:ssh:git:file",
        LC_ALL: "C",
    });
    return new Promise((resolve, reject) => {
        execFile(
            "git",
            [...args],
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

/** What git prints the account with; its values are in the environment only. */
const helper =
    '!f() { test "$1" != get || printf "username=%s\\npassword=%s\\n" "$MULTIARCH_GIT_USERNAME" "$MULTIARCH_GIT_PASSWORD"; }; f';

/** Makes git use this account with its server, and none that the user's helpers have. */
function loginEnvironment({ url, username, password }: GitLogin): NodeJS.ProcessEnv {
    const first = Number(process.env["GIT_CONFIG_COUNT"] ?? 0);
    const settings = [
        ["credential.helper", ""],
        [`credential.${new URL(url).origin}.helper`, helper],
    ] as const;
    const entries = settings.flatMap(([key, value], index) => [
        [`GIT_CONFIG_KEY_${first + index}`, key] as const,
        [`GIT_CONFIG_VALUE_${first + index}`, value] as const,
    ]);
    return {
        ...Object.fromEntries(entries),
        GIT_CONFIG_COUNT: String(first + settings.length),
        MULTIARCH_GIT_USERNAME: username,
        MULTIARCH_GIT_PASSWORD: password,
        // Empty: no program of the user's is asked either.
        GIT_ASKPASS: "",
    };
}
