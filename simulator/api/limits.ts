import { asJson, asObjects, asText, at, shown } from "./json";
import { type Kind, knownKind } from "./kinds";
import { amountOf, quantityOf } from "./quantity";
import { forbidden } from "./statusError";
import type { Store } from "./store";
import type { ApiObject, Json } from "./types";

/** A pod's containers with what the namespace's LimitRanges give them (plugin/pkg/admission/limitranger). */
export function withLimits(store: Store, pod: ApiObject): ApiObject {
    const items = limitItems(store, pod);
    const given = (what: string) =>
        items
            .filter((it) => it["type"] === "Container")
            .reduce<Json>((all, it) => ({ ...all, ...asJson(it[what]) }), {});
    const [limits, requests] = [given("default"), given("defaultRequest")];
    if (Object.keys(limits).length + Object.keys(requests).length === 0) {
        return pod;
    }
    const fill = (container: Json) => {
        const own = asJson(container["resources"]);
        const asked = { ...requests, ...asJson(own["requests"]) };
        return {
            ...container,
            resources: {
                ...own,
                limits: { ...limits, ...asJson(own["limits"]) },
                requests: asked,
            },
        };
    };
    const spec = asJson(pod.spec);
    return {
        ...pod,
        spec: {
            ...spec,
            containers: asObjects(spec["containers"]).map(fill),
            ...(spec["initContainers"] !== undefined && {
                initContainers: asObjects(spec["initContainers"]).map(fill),
            }),
        },
    };
}

function limitItems(store: Store, { metadata }: ApiObject): Json[] {
    return store
        .list(knownKind("", "limitranges"), metadata.namespace)
        .flatMap(({ spec }) => asObjects(asJson(spec)["limits"]));
}

/** Throws a StatusError of 403 where a pod asks for less or more than the namespace's LimitRanges allow. */
export function checkLimits(store: Store, kind: Kind, pod: ApiObject): void {
    const spec = asJson(pod.spec);
    const containers = [...asObjects(spec["containers"]), ...asObjects(spec["initContainers"])];
    const problems = limitItems(store, pod).flatMap((item) => {
        const type = asText(item["type"]) ?? "";
        const asked =
            type === "Container"
                ? containers.map((it) => asJson(it["resources"]))
                : type === "Pod"
                  ? [summed(asObjects(spec["containers"]))]
                  : [];
        return asked.flatMap((resources) => [
            ...outside("minimum", type, asJson(item["min"]), resources),
            ...outside("maximum", type, asJson(item["max"]), resources),
        ]);
    });
    const [first] = problems;
    if (first !== undefined) {
        const why = problems.length === 1 ? first : `[${problems.join(", ")}]`;
        throw forbidden(kind, pod.metadata.name, why);
    }
}

function outside(
    which: "minimum" | "maximum",
    type: string,
    bounds: Json,
    resources: Json,
): string[] {
    return Object.entries(bounds).flatMap(([name, bound]) => {
        const limit = at(resources, "limits", name);
        const request =
            at(resources, "requests", name) ?? (which === "minimum" ? undefined : limit);
        const words = `${which} ${name} usage per ${type} is ${String(bound)}`;
        const amount = amountOf(bound) ?? 0;
        const isOut = (value: unknown) => {
            const number = amountOf(value) ?? 0;
            return which === "minimum" ? number < amount : number > amount;
        };
        if (which === "minimum" && request === undefined) {
            return [`${words}.  No request is specified`];
        }
        if (which === "maximum" && limit === undefined) {
            return [`${words}.  No limit is specified`];
        }
        if (limit !== undefined && isOut(limit)) {
            return [`${words}, but limit is ${shown(limit)}`];
        }
        return isOut(request) ? [`${words}, but request is ${String(request)}`] : [];
    });
}

/** What a pod's containers ask for and are limited to together. */
function summed(containers: readonly Json[]): Json {
    const sum = (what: string) => {
        const all = containers.map((it) => asJson(at(it, "resources", what)));
        const names = new Set(all.flatMap((it) => Object.keys(it)));
        return Object.fromEntries(
            [...names]
                .filter((name) => all.every((it) => it[name] !== undefined))
                .map((name) => {
                    const total = all.reduce((so, it) => so + (amountOf(it[name]) ?? 0), 0);
                    return [name, quantityOf(total, String(all[0]?.[name]))];
                }),
        );
    };
    return { limits: sum("limits"), requests: sum("requests") };
}
