import { type Rule, violation } from "../rule";
import { configMapTexts, type Text, textsOf } from "../texts";
import { shown } from "../values";

/** Values that are credentials whatever they are called. Each pattern starts once per word, so that a long text takes linear time. */
const CREDENTIALS: readonly (readonly [string, RegExp])[] = [
    ["a private key", /-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----/],
    ["a docker config with credentials", /"auths"\s*:\s*\{|\beyJhdXRocyI6/],
    ["a URL with a password", /(?<![a-z\d+.-])[a-z][a-z\d+.-]*:\/\/[^\s/:@"']*:[^\s/:@"'$]+@/i],
    ["a GitHub token", /\bgh[pousr]_\w{36}|\bgithub_pat_\w{22}/],
    ["a GitLab token", /\bglpat-[\w-]{20}/],
    ["an AWS access key", /\b(?:AKIA|ASIA)[A-Z\d]{16}\b/],
    ["a Docker Hub token", /\bdckr_pat_[\w-]{20}/],
    ["a Slack token", /\bxox[abprs]-[\w-]{10}/],
    ["an OpenShift token", /\bsha256~[\w-]{40}/],
    ["a JSON web token", /(?<![\w-])eyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]+/],
    ["an Authorization header", /\bauthorization:\s*(?:basic|bearer)\s+[\w+/=.-]{8}/i],
];

/** Parts of a variable's name that say that its value is a secret. */
const SECRET_NAME =
    /(?:^|[_.-])(?:PASS|PASSWORD|PASSWD|PASSPHRASE|PWD|SECRET|TOKEN|API_?KEY|ACCESS_?KEY|PRIVATE_?KEY|CREDENTIALS?)(?:$|[_.-])|(?:password|passwd|passphrase|secret|token|apikey)$/i;

/** Endings that say that the value is about a secret. */
const ABOUT_A_SECRET =
    /[_.-](?:FILE|PATH|DIR|NAME|URL|URI|HOST|USER|KEY_ID|TTL|SECONDS|TIMEOUT|EXPIRY|LENGTH|TYPE|ENABLED)$/i;

/** A password in a command line: not a variable, a path, a placeholder or an option without a value. */
const ASSIGNMENT =
    /(?:^|[\s"'_-])(?:password|passwd|passphrase|secret|token|api[_-]?key)(?:=|\s*:\s+|\s+)["']?(?![$/<{*-])[^\s"'$\d]{0,256}\d/i;

/** No credential is in the clear where a process gets its settings. */
export const plainSecrets: Rule = {
    name: "no-plain-secrets",
    description: "No variable, build argument, command or ConfigMap holds a secret as text.",
    level: "mandatory",
    check: (resource) => [
        ...textsOf(resource).flatMap((text) => faultsOf(text, resource.type)),
        ...configMapTexts(resource).flatMap(({ path, value }) => {
            const credential = credentialIn(value);
            return credential === undefined
                ? []
                : fault(path, `holds ${credential}`, resource.type);
        }),
    ],
};

function faultsOf({ path, variable, value }: Text, type: string): readonly string[] {
    const credential = credentialIn(value);
    if (credential !== undefined) {
        return [fault(path, `${named(variable)}holds ${credential}`, type)];
    }
    if (variable === undefined) {
        return ASSIGNMENT.test(value) ? [fault(path, "holds a password or token", type)] : [];
    }
    if (value === "") {
        return [];
    }
    if (SECRET_NAME.test(variable) && !ABOUT_A_SECRET.test(variable)) {
        return [fault(path, `${named(variable)}holds text, and by its name a secret`, type)];
    }
    return isRandom(value)
        ? [fault(path, `${named(variable)}holds what looks like a key`, type)]
        : [];
}

function named(variable: string | undefined): string {
    return variable === undefined ? "" : `(${shown(variable)}) `;
}

/** Never with the value. */
function fault(path: string, what: string, type: string): string {
    const isCommand = type.startsWith("command:");
    return violation({
        wrong: `${path} ${what}`,
        accepted: isCommand
            ? "a value marked with pulumi.secret, in environment or stdin"
            : "the name and key of a Secret (valueFrom.secretKeyRef), or a mounted Secret",
        fix: isCommand
            ? "pass it with pulumi.secret in environment or stdin"
            : "put it into a Secret of the namespace and name it in secretEnv of the image's application in multiarch:images",
    });
}

function credentialIn(value: string): string | undefined {
    return CREDENTIALS.find(([, pattern]) => pattern.test(value))?.[0];
}

/** One long word of mixed characters, about as varied as chance makes it; digests and paths are not. */
function isRandom(value: string): boolean {
    return (
        /^[\w+/=-]{32,}$/.test(value) &&
        /\d/.test(value) &&
        /[a-z]/.test(value) &&
        /[A-Z]/.test(value) &&
        entropy(value) >= 4.3
    );
}

/** Bits per character. */
function entropy(value: string): number {
    const counts = new Map<string, number>();
    for (const character of value) {
        counts.set(character, (counts.get(character) ?? 0) + 1);
    }
    return [...counts.values()]
        .map((count) => count / value.length)
        .reduce((sum, share) => sum - share * Math.log2(share), 0);
}
