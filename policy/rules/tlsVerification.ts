import { type Rule, violation } from "../rule";
import { type Text, textsOf } from "../texts";
import { leavesOf, type Resource, shown } from "../values";

/** Options that turn verification off; each finds the words to show. */
const OPTIONS: readonly RegExp[] = [
    /--(?!insecure-|skip-)(?:\w+-)*tls-?verify(?:=|\s+)["']?(?:false|0|no)\b/i,
    /--(?:no-check-certificate|disable-tls|skip-tls-verify)\b(?!=(?:false|0))/,
    /--insecure(?:-skip-(?:tls-)?verify|-registry)?(?:=(?:true|1))?(?=["'\s;|&)]|$)/,
    /--tls(?:=|\s+)["']?(?:disabled|insecure)\b/,
    /\bcurl\b[^\n;|&]{0,1000}?\s-(?=[a-jl-zA-Z]*k)[a-zA-Z]+(?=\s|$)/,
    /\bhttp\.sslverify(?:=|\s+)["']?(?:false|0|no)\b/i,
    /(?<!--)\binsecure[_-]?skip[_-]?(?:tls[_-]?)?verify["']?\s*[:=]\s*["']?true\b/i,
    /\bNODE_TLS_REJECT_UNAUTHORIZED=["']?0/,
    /\bGIT_SSL_NO_VERIFY=["']?(?:1|true)\b/i,
];

/** Names of variables and properties that turn verification off when they are on, and the other way round. */
const OFF_WHEN_TRUE =
    /^(?:insecure(?:[_-]?skip[_-]?(?:tls[_-]?)?verify)?|\w*_INSECURE|\w*SKIP_TLS_VERIFY|GIT_SSL_NO_VERIFY|CURL_INSECURE)$/i;
const OFF_WHEN_FALSE =
    /^(?:(?:\w*_)?(?:TLS|SSL)_?VERIFY|NODE_TLS_REJECT_UNAUTHORIZED|PYTHONHTTPSVERIFY|tlsVerify|verifyTls|sslVerify)$/i;

/** Whoever is talked to proves who it is. */
export const tlsVerification: Rule = {
    name: "tls-verification",
    description: "Certificates of registries, clusters and servers are verified.",
    level: "mandatory",
    check: (resource) => [
        ...textsOf(resource).flatMap(textFaults),
        ...propertyFaults(resource),
        ...plainRegistries(resource),
    ],
};

function textFaults({ path, variable, value }: Text): readonly string[] {
    if (variable !== undefined && isOff(variable, value)) {
        return [fault(path, `(${shown(variable)}) is ${shown(value)}`)];
    }
    return OPTIONS.flatMap((option) => {
        const words = option.exec(value)?.[0];
        return words === undefined ? [] : fault(path, `has ${shown(wordsOf(words))}`);
    });
}

/** The option without what may stand between a command and it, which may be a secret. */
function wordsOf(found: string): string {
    return found.startsWith("curl") ? `curl ${found.split(/\s/).at(-1) ?? ""}` : found.trim();
}

function isOff(name: string, value: unknown): boolean {
    const on = String(value).toLowerCase();
    return (
        (OFF_WHEN_TRUE.test(name) && ["1", "true", "yes"].includes(on)) ||
        (OFF_WHEN_FALSE.test(name) && ["0", "false", "no"].includes(on))
    );
}

function fault(path: string, wrong: string): string {
    return violation({
        wrong: `${path} ${wrong}, which turns certificate checks off`,
        accepted: "connections whose certificate is verified",
        fix: "remove it, and mount or install the certificate authority where it is missing",
    });
}

/** Properties by name, in whatever resource; providers have theirs as JSON. */
function propertyFaults({ type, props }: Resource): readonly string[] {
    const isProvider = type.startsWith("pulumi:providers:");
    return leavesOf(props).flatMap(({ path, value }) => {
        if (isProvider && typeof value === "string") {
            return /insecure-?skip-?tls-?verify["']?\s*:\s*["']?true/i.test(value)
                ? [fault(path, 'has "insecure-skip-tls-verify: true"')]
                : providerFaults(path, value);
        }
        const name = /(?<!\w)(\w+)"?\]?$/.exec(path)?.[1] ?? "";
        const whole = /\["([^"]+)"\]$/.exec(path)?.[1] ?? name;
        return typeof value === "boolean" && isOff(whole, value)
            ? [fault(path, `is ${shown(value)}`)]
            : [];
    });
}

function providerFaults(path: string, value: string): readonly string[] {
    return isOff(path, value)
        ? [fault(path, `is ${shown(value)}`)]
        : leavesOf(parsed(value), path).flatMap((leaf) => {
              const name = leaf.path.split(".").at(-1) ?? "";
              return isOff(name, leaf.value) ? [fault(leaf.path, `is ${shown(leaf.value)}`)] : [];
          });
}

/** Registries that the docker provider would speak to without TLS. */
function plainRegistries({ type, props }: Resource): readonly string[] {
    if (type !== "pulumi:providers:docker") {
        return [];
    }
    const auths = leavesOf(props).flatMap(({ path, value }) =>
        path === "registryAuth" && typeof value === "string"
            ? leavesOf(parsed(value), path)
            : [{ path, value }],
    );
    return auths
        .filter(({ path }) => path.startsWith("registryAuth") && path.endsWith(".address"))
        .flatMap(({ path, value }) =>
            typeof value === "string" && value.startsWith("http:")
                ? [fault(path, `is ${shown(value)}`)]
                : [],
        );
}

function parsed(value: string): unknown {
    try {
        return JSON.parse(value);
    } catch {
        return {};
    }
}
