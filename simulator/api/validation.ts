import { asJson, asObjects, asText, at } from "./json";
import { apiVersionOf, type Kind } from "./kinds";
import { amountOf } from "./quantity";
import { badRequest, type Cause, invalid } from "./statusError";
import type { ApiObject, Json } from "./types";

const SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const LABEL = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const LABEL_VALUE = /^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$/;
const LABEL_KEY = /^([a-z0-9]([-a-z0-9.]*[a-z0-9])?\/)?([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/;

/** How Kubernetes says what a name must be (apimachinery, pkg/util/validation). */
const WORDS = {
    subdomain:
        "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')",
    label: "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')",
    value: "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')",
    key: "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')",
} as const;

/** A value that is missing. */
export function required(field: string, why = ""): Cause {
    const message = `Required value${why === "" ? "" : `: ${why}`}`;
    return { reason: "FieldValueRequired", message, field };
}

/** A value that cannot be. Structures are written as JSON, where Kubernetes writes them as Go does. */
export function wrong(field: string, value: unknown, why: string): Cause {
    const message = `Invalid value: ${JSON.stringify(value)}: ${why}`;
    return { reason: "FieldValueInvalid", message, field };
}

/** A change that is not allowed. */
export function untouchable(field: string, why: string): Cause {
    return { reason: "FieldValueForbidden", message: `Forbidden: ${why}`, field };
}

/** Throws a StatusError of 400 where a body is no object of the kind, or of another namespace. */
export function checkBody(kind: Kind, namespace: string | undefined, body: unknown): void {
    const object = asJson(body);
    const wanted = apiVersionOf(kind);
    const [version, type] = [asText(object["apiVersion"]), asText(object["kind"])];
    if (version !== undefined && version !== wanted) {
        throw badRequest(
            `the API version in the data (${version}) does not match the expected API version (${wanted})`,
        );
    }
    if (type !== undefined && type !== kind.kind) {
        throw badRequest(
            `${kind.kind} in version "${kind.version}" cannot be handled as a ${kind.kind}: no kind "${type}" is registered for version "${wanted}"`,
        );
    }
    const own = asText(at(object, "metadata", "namespace")) ?? "";
    if (namespace !== undefined && own !== "" && own !== namespace) {
        throw badRequest(
            "the namespace of the provided object does not match the namespace sent on the request",
        );
    }
}

/** Throws a StatusError of 422 where an object is not as its kind must be. */
export function validate(kind: Kind, object: ApiObject): void {
    const causes = [...metadataCauses(kind, object), ...specCauses(kind, object)];
    if (causes.length > 0) {
        throw invalid(kind, object.metadata.name, causes);
    }
}

/** Services and namespaces are names of hosts; roles may be called nearly anything. */
function nameRule({ group, plural }: Kind): { test: RegExp; words: string } | undefined {
    if (group === "rbac.authorization.k8s.io" || plural === "images") {
        return undefined;
    }
    return ["namespaces", "services"].includes(plural)
        ? { test: LABEL, words: WORDS.label }
        : { test: SUBDOMAIN, words: WORDS.subdomain };
}

function metadataCauses(kind: Kind, { metadata }: ApiObject): Cause[] {
    const rule = nameRule(kind);
    const { name, labels = {} } = metadata;
    return [
        ...(rule !== undefined && !rule.test.test(name)
            ? [wrong("metadata.name", name, rule.words)]
            : []),
        ...labelCauses("metadata.labels", labels),
    ];
}

function labelCauses(field: string, labels: Json): Cause[] {
    return Object.entries(labels).flatMap(([key, value]) => [
        ...(LABEL_KEY.test(key) ? [] : [wrong(field, key, WORDS.key)]),
        ...(LABEL_VALUE.test(String(value)) ? [] : [wrong(field, value, WORDS.value)]),
        ...(String(value).length > 63
            ? [wrong(field, value, "must be no more than 63 bytes")]
            : []),
    ]);
}

function specCauses(kind: Kind, object: ApiObject): Cause[] {
    const spec = asJson(object.spec);
    switch (kind.kind) {
        case "Pod":
            return podCauses("spec", spec);
        case "Job":
            return [...podCauses("spec.template.spec", podOf(spec)), ...jobCauses(spec)];
        case "Deployment":
        case "ReplicaSet":
            return [...selectorCauses(spec), ...podCauses("spec.template.spec", podOf(spec))];
        case "Service":
            return asObjects(spec["ports"]).length === 0 && spec["clusterIP"] !== "None"
                ? [required("spec.ports")]
                : [];
        case "RoleBinding":
        case "ClusterRoleBinding":
            return asText(at(object, "roleRef", "name")) === undefined
                ? [required("roleRef.name")]
                : [];
        case "Role":
        case "ClusterRole":
            return asObjects(object["rules"]).flatMap((rule, index) =>
                rule["verbs"] === undefined
                    ? [required(`rules[${index}].verbs`, "verbs must contain at least one value")]
                    : [],
            );
        case "BuildConfig":
            return Object.keys(asJson(spec["strategy"])).length === 0
                ? [required("spec.strategy")]
                : [];
        default:
            return [];
    }
}

function podOf(spec: Json): Json {
    return asJson(at(spec, "template", "spec"));
}

function jobCauses(spec: Json): Cause[] {
    const policy = podOf(spec)["restartPolicy"];
    const field = "spec.template.spec.restartPolicy";
    if (policy === "OnFailure" || policy === "Never") {
        return [];
    }
    return [
        {
            reason: "FieldValueNotSupported",
            message: `Unsupported value: ${JSON.stringify(policy)}: supported values: "OnFailure", "Never"`,
            field,
        },
    ];
}

function selectorCauses(spec: Json): Cause[] {
    const labels = asJson(at(spec, "template", "metadata", "labels"));
    const wanted = asJson(at(spec, "selector", "matchLabels"));
    if (spec["selector"] === undefined) {
        return [required("spec.selector")];
    }
    const fits = Object.entries(wanted).every(([key, value]) => labels[key] === value);
    const field = "spec.template.metadata.labels";
    return fits ? [] : [wrong(field, labels, "`selector` does not match template `labels`")];
}

function podCauses(field: string, spec: Json): Cause[] {
    const containers = asObjects(spec["containers"]);
    if (containers.length === 0) {
        return [required(`${field}.containers`)];
    }
    const names = new Set<unknown>();
    const volumes = asObjects(spec["volumes"]).map((it) => it["name"]);
    return ["initContainers", "containers"].flatMap((list) =>
        asObjects(spec[list]).flatMap((it, index) => {
            const place = `${field}.${list}[${index}]`;
            const name = it["name"];
            const twice = names.has(name);
            names.add(name);
            return [
                ...(name === undefined ? [required(`${place}.name`)] : []),
                ...(twice
                    ? [
                          {
                              reason: "FieldValueDuplicate",
                              message: `Duplicate value: ${JSON.stringify(name)}`,
                              field: `${place}.name`,
                          },
                      ]
                    : []),
                ...(it["image"] === undefined ? [required(`${place}.image`)] : []),
                ...mountCauses(place, it, volumes),
                ...resourceCauses(place, asJson(it["resources"])),
            ];
        }),
    );
}

function mountCauses(place: string, container: Json, volumes: readonly unknown[]): Cause[] {
    return asObjects(container["volumeMounts"]).flatMap(({ name }, index) =>
        volumes.includes(name)
            ? []
            : [
                  {
                      reason: "FieldValueNotFound",
                      message: `Not found: ${JSON.stringify(name)}`,
                      field: `${place}.volumeMounts[${index}].name`,
                  },
              ],
    );
}

function resourceCauses(place: string, resources: Json): Cause[] {
    const limits = asJson(resources["limits"]);
    return Object.entries(asJson(resources["requests"])).flatMap(([name, request]) => {
        const limit = limits[name];
        const [asked, most] = [amountOf(request), limit === undefined ? Infinity : amountOf(limit)];
        const field = `${place}.resources.requests`;
        return asked !== undefined && most !== undefined && asked > most
            ? [
                  wrong(
                      field,
                      request,
                      `must be less than or equal to ${name} limit of ${String(limit)}`,
                  ),
              ]
            : [];
    });
}
