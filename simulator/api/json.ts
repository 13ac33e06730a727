import type { Json } from "./types";

/** Whether a value is an object of JSON. */
export function isJson(value: unknown): value is Json {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** An object of JSON, or an empty one. */
export function asJson(value: unknown): Json {
    return isJson(value) ? value : {};
}

/** A list, or an empty one. */
export function asList(value: unknown): readonly unknown[] {
    return Array.isArray(value) ? value : [];
}

/** A list of objects, or an empty one; what is no object is left out. */
export function asObjects(value: unknown): readonly Json[] {
    return asList(value).filter(isJson);
}

/** A text; undefined where the value is none. */
export function asText(value: unknown): string | undefined {
    return typeof value === "string" ? value : undefined;
}

/** A value as a text: a number or a truth as it is written, nothing as nothing, all else as JSON. */
export function shown(value: unknown): string {
    if (value === undefined || value === null) {
        return "";
    }
    return typeof value === "string" ? value : JSON.stringify(value);
}

/** The value at the end of a path of keys. */
export function at(value: unknown, ...path: readonly string[]): unknown {
    return path.reduce((inner, key) => asJson(inner)[key], value);
}

/** Whether two values are the same JSON, whatever the order of their keys. */
export function isSame(one: unknown, other: unknown): boolean {
    return JSON.stringify(inOrder(one)) === JSON.stringify(inOrder(other));
}

/** The same JSON with its keys in the order of the alphabet. */
export function inOrder(value: unknown): unknown {
    if (Array.isArray(value)) {
        return value.map(inOrder);
    }
    if (!isJson(value)) {
        return value;
    }
    return Object.fromEntries(
        Object.keys(value)
            .sort()
            .map((key) => [key, inOrder(value[key])]),
    );
}

/** A copy that shares nothing with the value. */
export function copied<T>(value: T): T {
    return value === undefined ? value : (JSON.parse(JSON.stringify(value)) as T);
}

/** Forbids changes of a value, however deep; returns it. */
export function frozen<T>(value: T): T {
    if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
        Object.freeze(value);
        Object.values(value).forEach(frozen);
    }
    return value;
}

/** A time as the API writes it: RFC 3339, whole seconds, UTC. */
export function timestamp(milliseconds: number): string {
    return `${new Date(milliseconds).toISOString().slice(0, 19)}Z`;
}
