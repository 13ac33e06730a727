/**
 * Addresses of Git repositories that are safe to hand to `git` and to a BuildConfig. Git takes much more (see
 * git-fetch(1), GIT URLS): local paths, `file://`, and `ext::`, which runs a command. Options are kept out by the first
 * character, also of the host and of the path, which `ssh` would read as options (CVE-2017-1000117).
 */
const host = String.raw`(?:[A-Za-z0-9][A-Za-z0-9.-]*|\[[0-9A-Fa-f:.]+\])`;
const port = String.raw`(?::[0-9]{1,5})?`;
const user = String.raw`[A-Za-z0-9_][A-Za-z0-9_.-]*`;
const path = String.raw`[A-Za-z0-9._~%+@=,:/-]+`;

const web = new RegExp(`^(https?|git)://${host}${port}/${path}$`);
const ssh = new RegExp(`^ssh://(?:${user}@)?${host}${port}/${path}$`);
const scp = new RegExp(`^${user}@${host}:(?![:-])${path}$`);
/** Something before an `@` that a log must not show; for ssh a bare user name is fine. */
const credentials = /^(?:(?:https?|git):\/\/[^/]*@|ssh:\/\/[^/@]*:[^/]*@|[^@/]*:[^@/]*@)/;
/** A percent-encoded control character, which would end a line of Git's credential protocol (CVE-2020-5260). */
const encodedControl = /%(?:[01][0-9a-f]|7f)/i;

/** What {@link gitUrlProblem} accepts. */
export const gitUrlAccepted =
    "an https://, http://, ssh:// or git:// URL or user@host:path, without white space, query or option";

const withoutCredentials =
    "a URL without a user name and password: set multiarch:gitUsername and the secret multiarch:gitPassword";

/** What should stand there instead of `url`; undefined if it can be cloned from. */
export function gitUrlProblem(url: string): string | undefined {
    if (credentials.test(url)) {
        return withoutCredentials;
    }
    const valid = web.test(url) || ssh.test(url) || scp.test(url);
    return valid && !encodedControl.test(url) ? undefined : gitUrlAccepted;
}

/** Whether `url` is fetched with a user name and a password, and not with a key or with nothing. */
export function takesPassword(url: string): boolean {
    return /^https?:/.test(url);
}

/** The URL without whatever may be a secret in it: what stands before the last `@`, and the query. */
export function redactUrl(url: string): string {
    return url.replace(/^([a-z+]*:\/\/)?.*@/is, "$1***@").replace(/\?.*$/s, "?***");
}
