import { type Rule } from "./rule";
import { buildConfig } from "./rules/buildConfig";
import { imageDigest } from "./rules/imageDigest";
import { plainSecrets } from "./rules/plainSecrets";
import { resourcesAndProbes } from "./rules/resourcesAndProbes";
import { secretData } from "./rules/secretData";
import { tlsVerification } from "./rules/tlsVerification";
import { unprivileged } from "./rules/unprivileged";
import { type ResourceValidationPolicy, Secret } from "./sdk";
import { join, known } from "./values";

/** Paths of the marked values, by resource: a rule is shown its resource without the marks. */
const marks = new Map<string, ReadonlySet<string>>();

/** Notes where the marks are. Only a policy that may change a resource is shown them; this one changes nothing. */
const secretMarks: ResourceValidationPolicy = {
    name: "secret-marks",
    description: "Shows the other rules which values are marked as secrets; changes nothing.",
    enforcementLevel: "remediate",
    remediateResource: ({ urn, props }) => {
        marks.set(urn, new Set(markedPaths(props)));
    },
};

/** The rules as the CLI runs them. */
export const policies: ResourceValidationPolicy[] = [
    secretMarks,
    policy(imageDigest),
    policy(unprivileged),
    policy(resourcesAndProbes),
    policy(plainSecrets),
    policy(tlsVerification),
    policy(buildConfig),
    policy(secretData),
];

function policy<Config extends object>(rule: Rule<Config>): ResourceValidationPolicy {
    return {
        name: rule.name,
        description: rule.description,
        enforcementLevel: rule.level,
        ...(rule.settings && { configSchema: { properties: { ...rule.settings } } }),
        validateResource: (args, report) => {
            const { type, name, urn } = args;
            const resource = { type, name, urn, props: known(args.props), secrets: marks.get(urn) };
            for (const text of rule.check(resource, args.getConfig<Config>())) {
                report(text);
            }
        },
    };
}

/** Reads around the SDK's proxy, which hides the marks. */
function markedPaths(value: unknown, path = ""): string[] {
    if (value instanceof Secret) {
        return [path];
    }
    if (typeof value !== "object" || value === null) {
        return [];
    }
    return Object.entries(Object.getOwnPropertyDescriptors(value))
        .filter(([, { enumerable }]) => enumerable === true)
        .flatMap(([key, descriptor]) =>
            markedPaths(
                descriptor.value,
                Array.isArray(value) ? `${path}[${key}]` : join(path, key),
            ),
        );
}
