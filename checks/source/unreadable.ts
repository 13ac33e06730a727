import type * as pulumi from "@pulumi/pulumi";

import { type GitError, type GitLogin, isRefused } from "./git";
import { refusal } from "../../config/refusal";

/** The error for a repository that cannot be read: what git said, and which setting (`key`) to look at. */
export function unreadable(
    url: string,
    error: GitError,
    login: GitLogin | undefined,
    key = "multiarch:git",
): pulumi.RunError {
    const said = error.stderr.split("\n").map((line) => `  ${line}`);
    if (login === undefined) {
        return refusal(
            [
                `${key}.url: ${url} cannot be read: ${error.message}.`,
                ...said,
                "A private repository is read with multiarch:gitUsername and gitPassword, or else your own Git credentials; " +
                    `try: git ls-remote ${url}`,
            ].join("\n"),
        );
    }
    const account = JSON.stringify(login.username);
    return refusal(
        isRefused(error)
            ? [
                  `multiarch:gitPassword: ${url} does not take the account ${account} of multiarch:gitUsername with this password.`,
                  ...said,
                  "Set it again: pulumi config set --secret multiarch:gitPassword",
              ].join("\n")
            : [
                  `${key}.url: ${url} cannot be read: ${error.message}.`,
                  ...said,
                  `It was asked with the account ${account} of multiarch:gitUsername: look whether that may read it.`,
              ].join("\n"),
    );
}
