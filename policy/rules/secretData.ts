import { type Rule, violation } from "../rule";
import { isSecret } from "../texts";
import { at, entriesOf, isEmpty, join, type Resource, shown, UNKNOWN } from "../values";
import { kindOf } from "../workloads";

const DOCKER_CONFIG = "kubernetes.io/dockerconfigjson";
const DOCKER_CONFIG_KEY = ".dockerconfigjson";

/** What Pulumi stores of a Secret is encrypted, and a registry's credentials are where OpenShift looks for them. */
export const secretData: Rule = {
    name: "secret-data",
    description: "Data of Secrets are marked as secrets; docker configs have their type.",
    level: "mandatory",
    check: (resource) =>
        kindOf(resource) === "Secret" ? [...markFaults(resource), ...typeFaults(resource)] : [],
};

/** Nothing where the CLI has not shown the marks. */
function markFaults({ props, secrets }: Resource): readonly string[] {
    if (secrets === undefined) {
        return [];
    }
    return ["data", "stringData"].flatMap((field) =>
        Object.keys(entriesOf(at(props, field)))
            .map((key) => join(field, key))
            .filter((path) => !isSecret(path, secrets))
            .map((path) =>
                violation({
                    wrong: `${path} is not marked as a secret, so that Pulumi stores and shows it`,
                    accepted: "values marked with pulumi.secret",
                    fix: "wrap the value in pulumi.secret, or declare the object as k8s.core.v1.Secret, which does so",
                }),
            ),
    );
}

function typeFaults({ props }: Resource): readonly string[] {
    const type = at(props, "type");
    const texts = { ...decoded(at(props, "data")), ...entriesOf(at(props, "stringData")) };
    if ([type, at(props, "data"), at(props, "stringData")].includes(UNKNOWN)) {
        return [];
    }
    if (type === DOCKER_CONFIG) {
        const config = texts[DOCKER_CONFIG_KEY];
        return config === UNKNOWN || isDockerConfig(config)
            ? []
            : [
                  violation({
                      wrong: `type is ${shown(DOCKER_CONFIG)}, but ${DOCKER_CONFIG_KEY} ${isEmpty(config) ? "is not set" : "is not a docker config"}`,
                      accepted:
                          'JSON with the credentials by registry: {"auths": {"quay.io": {"auth": ...}}}',
                      fix: "set username in multiarch:registry and multiarch:registryPassword, or name a Secret in pushSecret",
                  }),
              ];
    }
    return Object.entries(texts)
        .filter(([, value]) => isDockerConfig(value))
        .map(([key]) =>
            violation({
                wrong: `${shown(key)} is a docker config, but type is ${shown(type)}`,
                accepted: `type ${shown(DOCKER_CONFIG)} with the key ${shown(DOCKER_CONFIG_KEY)}`,
                fix: "set both, or else OpenShift's builds do not find the credentials",
            }),
        );
}

function decoded(data: unknown): Record<string, unknown> {
    return Object.fromEntries(
        Object.entries(entriesOf(data)).map(([key, value]) => [
            key,
            typeof value === "string" ? Buffer.from(value, "base64").toString() : value,
        ]),
    );
}

function isDockerConfig(text: unknown): boolean {
    if (typeof text !== "string") {
        return false;
    }
    try {
        return !isEmpty(entriesOf(at(JSON.parse(text), "auths")));
    } catch {
        return false;
    }
}
