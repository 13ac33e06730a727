import { GitError, git, type GitLogin } from "./git";
import { unreadable } from "./unreadable";
import { refusal } from "../../config/refusal";

/** A branch or tag of a Git repository, or a commit that stands for it. */
export interface GitRevision {
    readonly url: string;
    readonly ref: string;
    /** Taken as it is: nothing is asked. */
    readonly commit?: string;
    /** The account to ask with. @default the user's own Git credentials */
    readonly login?: GitLogin;
}

/**
 * Finds the commit that a branch or tag stands for now, asking the server once.
 *
 * Throws a `RunError` that names the URL, the ref and what to do when the server does not answer or has no such ref.
 */
export async function resolveCommit({ url, ref, commit, login }: GitRevision): Promise<string> {
    if (commit !== undefined) {
        return commit;
    }
    // A branch goes before a tag of the same name, and an annotated tag stands for the commit behind it.
    const names = ref.startsWith("refs/")
        ? [`${ref}^{}`, ref]
        : [`refs/heads/${ref}`, `refs/tags/${ref}^{}`, `refs/tags/${ref}`];
    let listing: string;
    try {
        listing = await git(["ls-remote", "--", url, ...names], login);
    } catch (error) {
        throw error instanceof GitError ? unreadable(url, error, login) : error;
    }
    const found = new Map(
        listing
            .split("\n")
            .filter((line) => line !== "")
            .map((line) => {
                const [id = "", name = ""] = line.split("\t");
                return [name, id] as const;
            }),
    );
    const resolved = names.flatMap((name) => found.get(name) ?? [])[0];
    if (resolved === undefined) {
        throw refusal(
            [
                `multiarch:git.ref: ${JSON.stringify(ref)} is neither a branch nor a tag of ${url}.`,
                `See what is there: git ls-remote ${url}`,
                "Then set it: pulumi config set --path multiarch:git.ref NAME",
            ].join("\n"),
        );
    }
    return resolved;
}

/** Resolves each of several revisions once, however many images are built from it. */
export class CommitResolver {
    private readonly pending = new Map<string, Promise<string>>();

    /** As {@link resolveCommit}, with one question for each URL and ref. */
    resolve(revision: GitRevision): Promise<string> {
        const { url, ref, commit, login } = revision;
        const key = JSON.stringify([url, ref, commit, login?.username]);
        const known = this.pending.get(key) ?? resolveCommit(revision);
        this.pending.set(key, known);
        return known;
    }
}
