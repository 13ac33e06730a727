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
    /** The setting that it comes from, as messages name it. @default multiarch:git */
    readonly key?: string;
}

/**
 * Finds the commit that a branch or tag stands for now, asking the server once.
 *
 * Throws a `RunError` that names the URL, the ref and what to do when the server does not answer or has no such ref.
 */
export async function resolveCommit({
    url,
    ref,
    commit,
    login,
    key = "multiarch:git",
}: GitRevision): Promise<string> {
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
        throw error instanceof GitError ? unreadable(url, error, login, key) : error;
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
                `${key}.ref: ${JSON.stringify(ref)} is neither a branch nor a tag of ${url}.`,
                `See what is there: git ls-remote ${url}`,
                `Then set it: pulumi config set --path ${quoted(`${key}.ref`)} NAME`,
            ].join("\n"),
        );
    }
    return resolved;
}

/** A key as a shell takes it: brackets are patterns there. */
function quoted(key: string): string {
    return key.includes("[") ? `'${key}'` : key;
}

/** Resolves each of several revisions once, however many images are built from it. */
export class CommitResolver {
    private readonly pending = new Map<string, Promise<string>>();

    /** As {@link resolveCommit}, with one question for each URL and ref. */
    resolve(revision: GitRevision): Promise<string> {
        const { url, ref, commit, login } = revision;
        const question = JSON.stringify([url, ref, commit, login?.username]);
        const known = this.pending.get(question) ?? resolveCommit(revision);
        this.pending.set(question, known);
        return known;
    }
}
