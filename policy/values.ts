/** Stands for a value that a preview does not know yet. */
export const UNKNOWN = Symbol("not known yet");

/** A resource as a rule sees it: plain data, with {@link UNKNOWN} for what is not known yet. */
export interface Resource {
    /** Pulumi's type token, e.g. `kubernetes:apps/v1:Deployment`. */
    readonly type: string;
    /** Pulumi's name of the resource, which messages and exemptions use. */
    readonly name: string;
    readonly urn: string;
    readonly props: unknown;
    /** Paths of the values that are marked as secrets; nothing when the CLI has not shown the marks. */
    readonly secrets?: ReadonlySet<string>;
}

/** The property of an object at the end of a path; `UNKNOWN` behind an unknown one, nothing where there is none. */
export function at(value: unknown, ...keys: readonly string[]): unknown {
    return keys.reduce<unknown>(
        (found, key) => (found === UNKNOWN ? UNKNOWN : entriesOf(found)[key]),
        value,
    );
}

/** The value as an object; an empty one for everything else. */
export function entriesOf(value: unknown): Readonly<Record<string, unknown>> {
    return typeof value === "object" && value !== null && !Array.isArray(value)
        ? (value as Record<string, unknown>)
        : {};
}

/** The value as a list; an empty one for everything else. */
export function listOf(value: unknown): readonly unknown[] {
    return Array.isArray(value) ? value : [];
}

/** Whether there is nothing, or nothing in it. */
export function isEmpty(value: unknown): boolean {
    return (
        value === undefined ||
        value === null ||
        value === "" ||
        (typeof value === "object" && Object.keys(value).length === 0)
    );
}

/** How messages write a value. */
export function shown(value: unknown): string {
    return value === undefined || value === null ? "not set" : JSON.stringify(value);
}

/** A copy of what the SDK's proxy stands for, with {@link UNKNOWN} for what it does not give. */
export function known(value: unknown): unknown {
    if (typeof value !== "object" || value === null) {
        return value;
    }
    // The proxy throws UnknownValueError for an unknown property, and for nothing else.
    const read = (key: string) => {
        try {
            return known((value as Record<string, unknown>)[key]);
        } catch {
            return UNKNOWN;
        }
    };
    const keys = Object.keys(value);
    return Array.isArray(value)
        ? keys.map(read)
        : Object.fromEntries(keys.map((key) => [key, read(key)]));
}

/** Every text and every other leaf of a value, with its path. */
export function leavesOf(value: unknown, path = ""): readonly { path: string; value: unknown }[] {
    if (typeof value !== "object" || value === null) {
        return [{ path, value }];
    }
    return Array.isArray(value)
        ? value.flatMap((entry, index) => leavesOf(entry, `${path}[${index}]`))
        : Object.entries(value).flatMap(([key, entry]) => leavesOf(entry, join(path, key)));
}

/** The path of a property: `spec.nodeSelector["kubernetes.io/arch"]`. */
export function join(path: string, key: string): string {
    if (!/^\w+$/.test(key)) {
        return `${path}[${JSON.stringify(key)}]`;
    }
    return path === "" ? key : `${path}.${key}`;
}
