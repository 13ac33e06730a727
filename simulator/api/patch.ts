import { asJson, asList, isJson, isSame } from "./json";
import { badRequest, invalid, type Named } from "./statusError";
import type { Json } from "./types";

/** A JSON merge patch (RFC 7386). */
export function merged(target: unknown, patch: unknown): unknown {
    if (!isJson(patch)) {
        return patch;
    }
    const result = new Map(Object.entries(asJson(target)));
    for (const [key, value] of Object.entries(patch)) {
        if (value === null) {
            result.delete(key);
        } else {
            result.set(key, merged(result.get(key), value));
        }
    }
    return Object.fromEntries(result);
}

/** Keys of the lists that are merged by one (patchMergeKey in k8s.io/api v0.36); where a list has two, the first that fits. */
export const MERGE_KEYS: Readonly<Record<string, readonly string[]>> = {
    containers: ["name"],
    initContainers: ["name"],
    ephemeralContainers: ["name"],
    env: ["name"],
    volumes: ["name"],
    volumeMounts: ["mountPath"],
    ports: ["containerPort", "port"],
    imagePullSecrets: ["name"],
    conditions: ["type"],
    ownerReferences: ["uid"],
    topologySpreadConstraints: ["topologyKey"],
    hostAliases: ["ip"],
    taints: ["key"],
    addresses: ["type"],
    secrets: ["name"],
};

/** Lists of texts that are merged into a set. */
const SETS = ["finalizers"];

/**
 * A strategic merge patch (Kubernetes: apimachinery, pkg/util/strategicpatch): lists of named things are merged by their names;
 * `$patch: delete` or `replace`, `$retainKeys`, `$deleteFromPrimitiveList/…` and `$setElementOrder/…` are followed.
 */
export function strategicallyMerged(target: unknown, patch: unknown): unknown {
    if (!isJson(patch)) {
        return patch;
    }
    if (patch["$patch"] === "replace") {
        return without(patch, "$patch");
    }
    if (patch["$patch"] === "delete") {
        return {};
    }
    const kept = patch["$retainKeys"];
    const result = new Map(
        Object.entries(asJson(target)).filter(
            ([key]) => !Array.isArray(kept) || kept.includes(key),
        ),
    );
    for (const [key, value] of Object.entries(patch)) {
        const [directive, field = ""] = key.split("/");
        if (key === "$retainKeys" || key.startsWith("$setElementOrder/")) {
            continue;
        } else if (directive === "$deleteFromPrimitiveList") {
            const gone = asList(value);
            result.set(
                field,
                asList(result.get(field)).filter((it) => !gone.includes(it)),
            );
        } else if (value === null) {
            result.delete(key);
        } else if (Array.isArray(value)) {
            result.set(key, mergedList(key, result.get(key), value));
        } else {
            result.set(key, strategicallyMerged(result.get(key), value));
        }
    }
    for (const [key, order] of Object.entries(patch)) {
        const [directive, field = ""] = key.split("/");
        if (directive === "$setElementOrder" && result.has(field)) {
            result.set(field, ordered(field, asList(result.get(field)), asList(order)));
        }
    }
    return Object.fromEntries(result);
}

function mergedList(field: string, target: unknown, patch: readonly unknown[]): unknown[] {
    if (SETS.includes(field)) {
        return [...new Set([...asList(target), ...patch])];
    }
    const key = mergeKeyOf(field, [...asList(target), ...patch]);
    if (key === undefined || patch.some((it) => asJson(it)["$patch"] === "replace")) {
        return patch.filter((it) => asJson(it)["$patch"] !== "replace");
    }
    const result = [...asList(target)];
    for (const change of patch) {
        const index = result.findIndex((it) => asJson(it)[key] === asJson(change)[key]);
        if (asJson(change)["$patch"] === "delete") {
            result.splice(index, index < 0 ? 0 : 1);
        } else if (index < 0) {
            result.push(strategicallyMerged({}, change));
        } else {
            result[index] = strategicallyMerged(result[index], change);
        }
    }
    return result;
}

/** The key by which a list is merged; undefined where it is replaced as a whole. */
export function mergeKeyOf(field: string, items: readonly unknown[]): string | undefined {
    return MERGE_KEYS[field]?.find((key) => items.every((it) => asJson(it)[key] !== undefined));
}

function ordered(field: string, items: readonly unknown[], order: readonly unknown[]): unknown[] {
    const key = mergeKeyOf(field, items);
    const place = (item: unknown) => {
        const found = order.findIndex((it) =>
            key === undefined ? it === item : asJson(it)[key] === asJson(item)[key],
        );
        return found < 0 ? order.length : found;
    };
    return [...items].sort((one, other) => place(one) - place(other));
}

function without(object: Json, key: string): Json {
    return Object.fromEntries(Object.entries(object).filter(([it]) => it !== key));
}

/** One step of a JSON patch. */
interface Step {
    readonly op?: string;
    readonly path?: string;
    readonly from?: string;
    readonly value?: unknown;
}

/** A JSON patch (RFC 6902). Throws a StatusError of 400 for what is none, and of 422 for a step that cannot be taken. */
export function patchedBySteps(kind: Named, target: unknown, patch: unknown): unknown {
    if (!Array.isArray(patch)) {
        throw badRequest("json: cannot unmarshal object into Go value of type jsonpatch.Patch");
    }
    const root = { it: JSON.parse(JSON.stringify(target)) as unknown };
    for (const step of patch as Step[]) {
        const fails = (why: string) =>
            invalid(kind, "", [{ reason: "FieldValueInvalid", message: why }]);
        take(root, step, fails);
    }
    return root.it;
}

function take(root: { it: unknown }, step: Step, fails: (why: string) => Error): void {
    const { op = "", path = "", from = "", value } = step;
    switch (op) {
        case "test":
            if (!isSame(read(root, path, fails), value)) {
                throw fails(`testing value ${path} failed: test failed`);
            }
            return;
        case "remove":
            read(root, path, fails);
            write(root, path, "remove", undefined);
            return;
        case "add":
            write(root, path, "add", value);
            return;
        case "replace":
            read(root, path, fails);
            write(root, path, "replace", value);
            return;
        case "copy":
            write(root, path, "add", read(root, from, fails));
            return;
        case "move": {
            const moved = read(root, from, fails);
            write(root, from, "remove", undefined);
            write(root, path, "add", moved);
            return;
        }
        default:
            throw badRequest(`Unexpected kind: ${op}`);
    }
}

function keysOf(path: string): string[] {
    return path
        .split("/")
        .slice(1)
        .map((it) => it.replaceAll("~1", "/").replaceAll("~0", "~"));
}

function read(root: { it: unknown }, path: string, fails: (why: string) => Error): unknown {
    return keysOf(path).reduce<unknown>((inner, key) => {
        const next = Object(inner) as Record<string, unknown>;
        if (!Object.hasOwn(next, key)) {
            throw fails(`the path ${path} is missing: error in remove for path: '${path}'`);
        }
        return next[key];
    }, root.it);
}

function write(
    root: { it: unknown },
    path: string,
    how: "add" | "remove" | "replace",
    value: unknown,
): void {
    const keys = ["it", ...keysOf(path)];
    const last = keys.pop() ?? "";
    const place = keys.reduce<unknown>((inner, key) => (inner as Json)[key], root);
    if (Array.isArray(place)) {
        const index = last === "-" ? place.length : Number(last);
        place.splice(index, how === "add" ? 0 : 1, ...(how === "remove" ? [] : [value]));
    } else if (how === "remove") {
        Reflect.deleteProperty(place as object, last);
    } else {
        (place as Record<string, unknown>)[last] = value;
    }
}
