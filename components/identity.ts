import { createHash } from "node:crypto";

type Json = string | number | boolean | null | undefined | readonly Json[] | JsonObject;
interface JsonObject {
    readonly [key: string]: Json;
}

/** The same text for the same data, whatever the order of its keys; keys without a value are left out. */
function canonical(value: Json): string {
    if (Array.isArray(value)) {
        return `[${value.map(canonical).join(",")}]`;
    }
    if (typeof value === "object" && value !== null) {
        const entries = Object.entries(value as JsonObject)
            .filter(([, entry]) => entry !== undefined)
            .sort(([a], [b]) => (a < b ? -1 : 1))
            .map(([key, entry]) => `${JSON.stringify(key)}:${canonical(entry)}`);
        return `{${entries.join(",")}}`;
    }
    return JSON.stringify(value ?? null);
}

/**
 * Names a piece of work by what goes into it, so that a later run can tell a finished or running one from another.
 *
 * 40 hex digits: a label's value holds 63 characters at most (Kubernetes API conventions).
 */
export function identityOf(inputs: object): string {
    return createHash("sha256")
        .update(canonical(inputs as JsonObject))
        .digest("hex")
        .slice(0, 40);
}
