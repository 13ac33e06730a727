import { asJson, asList, isJson, isSame } from "./json";
import { MERGE_KEYS, mergeKeyOf } from "./patch";
import { type Cause, StatusError } from "./statusError";
import type { ApiObject } from "./types";

/** A field of an object: its path, as conflicts name it, and its value. */
type Leaves = ReadonlyMap<string, unknown>;

/** What belongs to nobody: what the server writes itself, and what an object is called. */
const NOBODYS = ["apiVersion", "kind", "status"];
const NOBODYS_METADATA = [
    "name",
    "namespace",
    "uid",
    "resourceVersion",
    "generation",
    "creationTimestamp",
    "managedFields",
    "generateName",
];

/**
 * Who has set which field of which object, for server-side apply. Kept beside the objects, not in their managedFields: nobody here
 * reads those.
 */
export class Ownership {
    /** By the object's uid, then by the manager's name and its way of writing. */
    private readonly owners = new Map<string, Map<string, Set<string>>>();

    /** Remembers who has changed an object by a write that is no apply. */
    wrote(manager: string, before: ApiObject | undefined, after: ApiObject): void {
        const was = leavesOf(before);
        const is = leavesOf(after);
        const changed = [...is].filter(
            ([path, value]) => !was.has(path) || !isSame(was.get(path), value),
        );
        const of = this.of(after);
        for (const paths of of.values()) {
            changed.forEach(([path]) => paths.delete(path));
        }
        const own = of.get(`${manager}/Update`) ?? new Set();
        changed.forEach(([path]) => own.add(path));
        of.set(`${manager}/Update`, own);
    }

    /**
     * What an object becomes when a manager applies a configuration: its fields are set, and those that it had applied before and
     * no longer does are gone, unless somebody else has them too. Throws a StatusError of 409 where a field of somebody else's
     * would change, if it is not forced.
     */
    applied(manager: string, force: boolean, before: ApiObject, applied: unknown): ApiObject {
        const wanted = leavesOf(applied);
        const live = leavesOf(before);
        const of = this.of(before);
        const me = `${manager}/Apply`;
        const conflicts = [...of]
            .filter(([owner]) => owner !== me)
            .flatMap(([owner, paths]) =>
                [...wanted]
                    .filter(([path, value]) => paths.has(path) && !isSame(live.get(path), value))
                    .map(([path]) => ({ owner, path })),
            );
        if (conflicts.length > 0 && !force) {
            throw conflictOf(conflicts);
        }
        const mine = of.get(me) ?? new Set<string>();
        const others = [...of].filter(([owner]) => owner !== me);
        const gone = [...mine].filter(
            (path) => !wanted.has(path) && !others.some(([, paths]) => paths.has(path)),
        );
        const result = gone.reduce<unknown>(
            (object, path) => without(object, splitPath(path)),
            before,
        );
        return overlaid(result, applied) as ApiObject;
    }

    /** Remembers what a manager has applied to an object; whoever had said something else of a field has lost it. */
    didApply(
        manager: string,
        before: ApiObject | undefined,
        object: ApiObject,
        applied: unknown,
    ): void {
        const wanted = leavesOf(applied);
        const was = leavesOf(before);
        const of = this.of(object);
        const changed = [...wanted].filter(([path, value]) => !isSame(was.get(path), value));
        for (const paths of of.values()) {
            changed.forEach(([path]) => paths.delete(path));
        }
        of.set(`${manager}/Apply`, new Set(wanted.keys()));
    }

    /** Forgets an object that is gone. */
    forget({ metadata }: ApiObject): void {
        this.owners.delete(metadata.uid ?? "");
    }

    private of({ metadata }: ApiObject): Map<string, Set<string>> {
        const key = metadata.uid ?? "";
        const found = this.owners.get(key) ?? new Map<string, Set<string>>();
        this.owners.set(key, found);
        return found;
    }
}

function conflictOf(conflicts: readonly { owner: string; path: string }[]): StatusError {
    const managers = [...new Set(conflicts.map(({ owner }) => owner))];
    const told = managers.map((owner) => {
        const paths = conflicts.filter((it) => it.owner === owner).map(({ path }) => path);
        const manager = owner.slice(0, owner.lastIndexOf("/"));
        const using = owner.endsWith("/Update") ? " using v1" : "";
        return paths.length === 1
            ? `conflict with "${manager}"${using}: ${paths[0] ?? ""}`
            : `conflicts with "${manager}"${using}:\n${paths.map((it) => `- ${it}`).join("\n")}`;
    });
    const count = conflicts.length === 1 ? "1 conflict" : `${conflicts.length} conflicts`;
    const causes: Cause[] = conflicts.map(({ owner, path }) => ({
        reason: "FieldManagerConflict",
        message: `conflict with "${owner.slice(0, owner.lastIndexOf("/"))}"`,
        field: path,
    }));
    const message = `Apply failed with ${count}: ${told.join("\n")}`;
    return new StatusError(409, "Conflict", message, { causes });
}

function leavesOf(object: unknown): Leaves {
    const leaves = new Map<string, unknown>();
    for (const [key, value] of Object.entries(asJson(object))) {
        if (key === "metadata") {
            Object.entries(asJson(value))
                .filter(([it]) => !NOBODYS_METADATA.includes(it))
                .forEach(([it, inner]) => {
                    collect(leaves, `.metadata.${it}`, it, inner);
                });
        } else if (!NOBODYS.includes(key)) {
            collect(leaves, `.${key}`, key, value);
        }
    }
    return leaves;
}

function collect(leaves: Map<string, unknown>, path: string, key: string, value: unknown): void {
    const by = Array.isArray(value) ? mergeKeyOf(key, value) : undefined;
    if (Array.isArray(value) && by !== undefined && value.length > 0) {
        value.forEach((item) => {
            const place = `${path}[${by}=${JSON.stringify(asJson(item)[by])}]`;
            Object.entries(asJson(item)).forEach(([it, inner]) => {
                collect(leaves, `${place}${step(it)}`, it, inner);
            });
        });
    } else if (isJson(value) && Object.keys(value).length > 0) {
        Object.entries(value).forEach(([it, inner]) => {
            collect(leaves, `${path}${step(it)}`, it, inner);
        });
    } else {
        leaves.set(path, value);
    }
}

/** One key of a path; one with dots or slashes in it is quoted. */
function step(key: string): string {
    return /^[A-Za-z0-9_$-]+$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
}

type Step = { readonly key: string } | { readonly by: string; readonly value: unknown };

function splitPath(path: string): Step[] {
    const steps = path.matchAll(
        /\.([A-Za-z0-9_$-]+)|\[("(?:[^"\\]|\\.)*")\]|\[([A-Za-z]+)=("(?:[^"\\]|\\.)*"|[0-9.]+)\]/g,
    );
    return [...steps].map(([, key, quoted, by, value]) =>
        key !== undefined
            ? { key }
            : quoted !== undefined
              ? { key: JSON.parse(quoted) as string }
              : { by: by ?? "", value: JSON.parse(value ?? "null") as unknown },
    );
}

/** A value without what a path leads to, and without what that leaves empty. */
function without(value: unknown, [first, ...rest]: readonly Step[]): unknown {
    if (first === undefined) {
        return undefined;
    }
    if ("by" in first) {
        return asList(value).flatMap((item) => {
            if (asJson(item)[first.by] !== first.value) {
                return [item];
            }
            // Without what names it nothing of it is left, not even what the server has added.
            const [next] = rest;
            const isItself = next !== undefined && "key" in next && next.key === first.by;
            const left = isItself ? undefined : without(item, rest);
            return left === undefined ? [] : [left];
        });
    }
    const object = asJson(value);
    const left = without(object[first.key], rest);
    const others = Object.entries(object).filter(([key]) => key !== first.key);
    const isEmpty =
        left === undefined || (isJson(left) ? Object.keys(left) : asList(left)).length === 0;
    const kept = isEmpty && typeof left === "object" ? undefined : left;
    if (kept !== undefined) {
        return { ...object, [first.key]: kept };
    }
    return others.length === 0 ? undefined : Object.fromEntries(others);
}

/** An object with an applied one laid over it: maps and lists of named things are merged, all else is replaced. */
function overlaid(target: unknown, applied: unknown, field = ""): unknown {
    if (Array.isArray(applied)) {
        const wanted = asList(applied);
        const all = [...asList(target), ...wanted];
        const by = field in MERGE_KEYS ? mergeKeyOf(field, all) : undefined;
        if (by === undefined) {
            return wanted;
        }
        const keyOf = (item: unknown) => asJson(item)[by];
        const changed = asList(target).map((item) => {
            const change = wanted.find((it) => keyOf(it) === keyOf(item));
            return change === undefined ? item : overlaid(item, change);
        });
        const added = wanted.filter(
            (item) => !asList(target).some((it) => keyOf(it) === keyOf(item)),
        );
        return [...changed, ...added];
    }
    if (!isJson(applied)) {
        return applied;
    }
    const object = asJson(target);
    return {
        ...object,
        ...Object.fromEntries(
            Object.entries(applied).map(([key, value]) => [key, overlaid(object[key], value, key)]),
        ),
    };
}
