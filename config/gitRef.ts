/** What {@link isGitRef} accepts. */
export const gitRefAccepted =
    'a branch or tag as git check-ref-format accepts it, not beginning with "-"; a commit ID belongs in commit';

/** Characters that no ref may hold: control characters, space, and those that mean something in a revision. */
// eslint-disable-next-line no-control-regex -- control characters are what it looks for
const forbidden = /[\u0000-\u0020\u007f~^:?*[\\]/;

/**
 * Whether `ref` is a branch or tag by the rules of git-check-ref-format(1) with `--allow-onelevel`, cannot be taken for
 * an option, and is not a commit, which has a setting of its own.
 */
export function isGitRef(ref: string): boolean {
    const components = ref.split("/");
    return (
        !forbidden.test(ref) &&
        !ref.startsWith("-") &&
        !ref.endsWith(".") &&
        !ref.includes("..") &&
        !ref.includes("@{") &&
        ref !== "@" &&
        components.every(
            (part) => part !== "" && !part.startsWith(".") && !part.endsWith(".lock"),
        ) &&
        !isCommit(ref)
    );
}

/** Whether `text` is a full commit ID. */
export function isCommit(text: string): boolean {
    return /^[0-9a-f]{40}$/.test(text);
}
