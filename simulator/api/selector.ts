import type { ApiObject } from "./apiObject";

/** Whether an object is among those that a request's selectors ask for: `a=b`, `a!=b`, `a`, `!a`, joined by commas. */
export function isSelected(object: ApiObject, query: URLSearchParams): boolean {
    return (
        partsOf(query.get("labelSelector")).every((part) =>
            matches(part, (key) => object.metadata.labels?.[key]),
        ) &&
        partsOf(query.get("fieldSelector")).every((part) =>
            matches(part, (key) => fieldOf(object, key)),
        )
    );
}

function partsOf(selector: string | null): string[] {
    return (selector ?? "").split(",").filter((part) => part !== "");
}

function matches(part: string, valueOf: (key: string) => string | undefined): boolean {
    const [, key = "", operator, wanted] = /^([^!=]+?)(!=|==?)(.*)$/.exec(part) ?? [];
    if (operator === undefined) {
        return part.startsWith("!")
            ? valueOf(part.slice(1)) === undefined
            : valueOf(part) !== undefined;
    }
    return (valueOf(key) === wanted) === (operator !== "!=");
}

function fieldOf(object: ApiObject, path: string): string | undefined {
    const value = path
        .split(".")
        .reduce<unknown>(
            (part, key) =>
                typeof part === "object" && part !== null
                    ? (part as Record<string, unknown>)[key]
                    : undefined,
            object,
        );
    return typeof value === "string" ? value : undefined;
}
