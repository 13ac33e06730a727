import { asJson, asObjects, at } from "./json";
import { type Kind, knownKind } from "./kinds";
import { amountOf, quantityOf } from "./quantity";
import { forbidden, resourceName } from "./statusError";
import type { Store } from "./store";
import type { ApiObject, Json } from "./types";

/** What of a pod's resources a quota counts, by the names that quotas give them. */
const COMPUTE: Readonly<Record<string, readonly [what: string, resource: string]>> = {
    cpu: ["requests", "cpu"],
    memory: ["requests", "memory"],
    "requests.cpu": ["requests", "cpu"],
    "requests.memory": ["requests", "memory"],
    "limits.cpu": ["limits", "cpu"],
    "limits.memory": ["limits", "memory"],
};

/** What an object adds to what a namespace's quotas count, by the names in `spec.hard`. */
export function usageOf(kind: Kind, object: ApiObject): Readonly<Record<string, number>> {
    const counted: Record<string, number> = {
        [`count/${resourceName(kind)}`]: 1,
        ...(kind.group === "" && { [kind.plural]: 1 }),
    };
    if (kind.group !== "" || kind.plural !== "pods") {
        return counted;
    }
    const phase = at(object, "status", "phase");
    if (phase === "Succeeded" || phase === "Failed") {
        // What is over uses nothing but its place (Kubernetes: core evaluator, QuotaV1Pod).
        return { "count/pods": 1 };
    }
    for (const [name, [what, resource]] of Object.entries(COMPUTE)) {
        counted[name] = podAmount(object, what, resource);
    }
    return counted;
}

function podAmount(pod: ApiObject, what: string, resource: string): number {
    const of = (it: Json) => amountOf(at(it, "resources", what, resource) ?? "0") ?? 0;
    const together = asObjects(asJson(pod.spec)["containers"]).reduce((so, it) => so + of(it), 0);
    return Math.max(together, ...asObjects(asJson(pod.spec)["initContainers"]).map(of));
}

/** What is used of a namespace's quota, as `status.used` has it. */
export function usedIn(
    store: Store,
    namespace: string,
    hard: Json,
): Readonly<Record<string, string>> {
    const usages = store
        .all()
        .filter(({ object }) => object.metadata.namespace === namespace)
        .map(({ kind, object }) => usageOf(kind, object));
    return Object.fromEntries(
        Object.entries(hard).map(([name, most]) => [
            name,
            quantityOf(
                usages.reduce((so, usage) => so + (usage[name] ?? 0), 0),
                String(most),
            ),
        ]),
    );
}

/**
 * Throws a StatusError of 403 where a new object is more than a quota of its namespace allows, or does not say what the quota
 * counts (k8s.io/apiserver, pkg/admission/plugin/resourcequota).
 */
export function checkQuotas(store: Store, kind: Kind, object: ApiObject): void {
    const { namespace, name } = object.metadata;
    if (namespace === undefined) {
        return;
    }
    const usage = usageOf(kind, object);
    for (const quota of store.list(knownKind("", "resourcequotas"), namespace)) {
        const hard = asJson(at(quota, "spec", "hard"));
        const names = Object.keys(hard)
            .filter((it) => usage[it] !== undefined)
            .sort();
        if (kind.group === "" && kind.plural === "pods") {
            const missing = missingIn(object, names);
            if (missing !== "") {
                const why = `failed quota: ${quota.metadata.name}: must specify ${missing}`;
                throw forbidden(kind, name, why);
            }
        }
        const used = usedIn(store, namespace, hard);
        const over = names.filter(
            (it) =>
                (usage[it] ?? 0) > 0 &&
                (amountOf(used[it]) ?? 0) + (usage[it] ?? 0) > (amountOf(hard[it]) ?? 0),
        );
        if (over.length > 0) {
            const told = (value: (name: string) => string) =>
                over.map((it) => `${it}=${value(it)}`).join(",");
            const requested = told((it) => quantityOf(usage[it] ?? 0, String(hard[it])));
            const why = [
                `exceeded quota: ${quota.metadata.name}`,
                `requested: ${requested}`,
                `used: ${told((it) => used[it] ?? "0")}`,
                `limited: ${told((it) => String(hard[it]))}`,
            ];
            throw forbidden(kind, name, why.join(", "));
        }
    }
}

/** `limits.cpu for: a,b; limits.memory for: a`: containers that do not say what is counted. */
function missingIn(pod: ApiObject, names: readonly string[]): string {
    const spec = asJson(pod.spec);
    const containers = [...asObjects(spec["containers"]), ...asObjects(spec["initContainers"])];
    return names
        .flatMap((name) => {
            const [what, resource] = COMPUTE[name] ?? [];
            const silent =
                what === undefined || resource === undefined
                    ? []
                    : containers.filter((it) => at(it, "resources", what, resource) === undefined);
            const list = silent.map((it) => String(it["name"])).sort();
            return list.length === 0 ? [] : [`${name} for: ${list.join(",")}`];
        })
        .join("; ");
}
