import { isJson } from "./json";

/** Maps whose keys and values are the user's: nothing in them is left out. */
const USERS = new Set([
    "labels",
    "annotations",
    "data",
    "binaryData",
    "stringData",
    "matchLabels",
    "nodeSelector",
    "selector",
]);
/** Maps that are left out when they are empty. */
const MAPS = new Set([
    "labels",
    "annotations",
    "data",
    "binaryData",
    "nodeSelector",
    "matchLabels",
]);
/** Empty lists and texts that say something. */
const KEPT = new Set(["rules"]);

/**
 * What is written and read again of an object: Go leaves out what is empty (`omitempty`). In OpenShift's kinds that goes for
 * `false` and `0` as well, as in `noCache: false`; Kubernetes' own keep those that are pointers, as `replicas: 0`.
 */
export function pruned(value: unknown, dropsZero: boolean, key = ""): unknown {
    if (Array.isArray(value)) {
        return value.map((item) => pruned(item, dropsZero, ""));
    }
    if (!isJson(value)) {
        return value;
    }
    const isUsers = USERS.has(key);
    return Object.fromEntries(
        Object.entries(value)
            .map(([name, inner]): [string, unknown] => [
                name,
                isUsers ? inner : pruned(inner, dropsZero, name),
            ])
            .filter(([name, inner]) => isUsers || !isEmpty(name, inner, dropsZero)),
    );
}

function isEmpty(name: string, value: unknown, dropsZero: boolean): boolean {
    if (value === null || value === undefined) {
        return true;
    }
    if (Array.isArray(value) || value === "") {
        return value.length === 0 && !KEPT.has(name);
    }
    if (isJson(value)) {
        return MAPS.has(name) && Object.keys(value).length === 0;
    }
    return dropsZero && (value === false || value === 0) && !POINTERS.has(name);
}

/** In OpenShift's kinds too, some zeros are said (build/v1, image/v1: no omitempty, or a pointer). */
const POINTERS = new Set([
    "lastVersion",
    "local",
    "successfulBuildsHistoryLimit",
    "failedBuildsHistoryLimit",
    "insecure",
    "controller",
    "size",
]);
