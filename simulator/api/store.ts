import { randomUUID } from "node:crypto";

import type { ApiObject } from "./apiObject";
import { type DeleteOptions, FOREGROUND, graceOf, isDone, leaving } from "./deletion";

/** A change of an object, as a watch shows it. */
export interface StoreEvent {
    readonly version: number;
    /** Path of the collection: `/api/v1/namespaces/shop/pods`. */
    readonly collection: string;
    readonly type: "ADDED" | "MODIFIED" | "DELETED";
    readonly object: ApiObject;
}

/** A request that the store cannot follow, with the status and the words of Kubernetes. */
export class StoreError extends Error {
    constructor(
        readonly status: number,
        readonly reason: string,
        message: string,
    ) {
        super(message);
    }
}

/** Objects by collection and name, with one version that every change moves on, and a log of the changes. */
export class Store {
    private version = 1;
    private oldest = 1;
    private names = 0;
    private readonly collections = new Map<string, Map<string, ApiObject>>();
    private log: StoreEvent[] = [];
    private readonly listeners = new Set<(event: StoreEvent) => void>();

    constructor(
        /** Milliseconds since 1970. */
        private readonly now: () => number,
    ) {}

    /** The version of the newest change. */
    get currentVersion(): number {
        return this.version;
    }

    /** Calls back at each change until the returned function is called. */
    listen(listener: (event: StoreEvent) => void): () => void {
        this.listeners.add(listener);
        return () => this.listeners.delete(listener);
    }

    /** The objects of a collection by name; of every namespace where the path names none. */
    list(collection: string): ApiObject[] {
        return [...this.collections]
            .filter(([own]) => isIn(own, collection))
            .flatMap(([, objects]) => [...objects.values()])
            .sort((one, other) => (keyOf(one) < keyOf(other) ? -1 : 1));
    }

    /** An object; undefined where there is none. */
    get(collection: string, name: string): ApiObject | undefined {
        return this.collections.get(collection)?.get(name);
    }

    /** As {@link get}; throws a StoreError of 404. */
    need(collection: string, name: string): ApiObject {
        const found = this.get(collection, name);
        if (found === undefined) {
            throw new StoreError(404, "NotFound", `${resourceOf(collection)} "${name}" not found`);
        }
        return found;
    }

    /** Adds an object. Throws a StoreError of 409 where there is one of its name. */
    create(collection: string, object: ApiObject): ApiObject {
        const { generateName = "", name = `${generateName}${this.suffix()}` } =
            object.metadata as Partial<ApiObject["metadata"]>;
        if (this.get(collection, name) !== undefined) {
            const message = `${resourceOf(collection)} "${name}" already exists`;
            throw new StoreError(409, "AlreadyExists", message);
        }
        const created = {
            ...object,
            metadata: {
                ...object.metadata,
                name,
                uid: randomUUID(),
                generation: 1,
                creationTimestamp: `${new Date(this.now()).toISOString().slice(0, 19)}Z`,
            },
        };
        return this.put("ADDED", collection, created);
    }

    /**
     * Replaces an object by what `change` makes of it; an unchanged one keeps its version. Throws a StoreError of 404 where there is
     * none.
     */
    update(collection: string, name: string, change: (object: ApiObject) => ApiObject): ApiObject {
        const before = this.need(collection, name);
        const after = change(before);
        if (JSON.stringify(before) === JSON.stringify(after)) {
            return before;
        }
        // A pod that is bound to a node is the same one.
        const same = before.spec?.["nodeName"] === undefined ? unbound : (it: ApiObject) => it.spec;
        const isNew = JSON.stringify(same(before)) !== JSON.stringify(same(after));
        const generation = (before.metadata.generation ?? 1) + (isNew ? 1 : 0);
        const metadata = { ...after.metadata, uid: before.metadata.uid, generation };
        const stored = this.put("MODIFIED", collection, { ...after, metadata });
        if (isDone(collection, stored)) {
            this.remove(collection, stored);
        }
        return stored;
    }

    /**
     * Deletes an object, and what it owns: a pod that runs ends first, and an object with finalizers, or one that is deleted in
     * the foreground, waits for what keeps it. Throws a StoreError of 404 where there is none, and of 409 for another uid.
     */
    delete(collection: string, name: string, options: DeleteOptions = {}): void {
        const found = this.need(collection, name);
        const { uid } = options.preconditions ?? {};
        if (uid !== undefined && uid !== found.metadata.uid) {
            const message = `the UID in the precondition (${uid}) does not match the UID in record (${found.metadata.uid ?? ""})`;
            throw new StoreError(409, "Conflict", message);
        }
        const grace = graceOf(collection, found, options);
        const kept = found.metadata.finalizers ?? [];
        const foreground = options.propagationPolicy === "Foreground" && !kept.includes(FOREGROUND);
        const finalizers = foreground ? [...kept, FOREGROUND] : kept;
        const asked = found.metadata.deletionGracePeriodSeconds;
        if (asked !== undefined && asked <= grace && !foreground) {
            return;
        }
        if (collection.endsWith("/pods") || finalizers.length > 0) {
            const left = this.put(
                "MODIFIED",
                collection,
                leaving(found, grace, finalizers, this.now()),
            );
            if (isDone(collection, left)) {
                this.remove(collection, left);
            } else if (finalizers.includes(FOREGROUND)) {
                this.deleteOwned(found, true);
                this.release(found.metadata.uid);
            }
            return;
        }
        this.remove(collection, found);
    }

    /** The changes of a collection after a version. Throws a StoreError of 410 where they are forgotten. */
    since(collection: string, version: number): StoreEvent[] {
        if (version < this.oldest) {
            const message = `too old resource version: ${version} (${this.oldest})`;
            throw new StoreError(410, "Expired", message);
        }
        return this.log.filter(
            (event) => event.version > version && isIn(event.collection, collection),
        );
    }

    /** Forgets all changes up to now. */
    compact(): void {
        this.oldest = this.version;
        this.log = [];
    }

    private remove(collection: string, object: ApiObject): void {
        const { name, uid } = object.metadata;
        this.collections.get(collection)?.delete(name);
        this.tell("DELETED", collection, object);
        this.deleteOwned(object, false);
        if (collection.endsWith("/namespaces")) {
            this.empty(name);
        }
        for (const owner of object.metadata.ownerReferences ?? []) {
            if (owner.uid !== uid) {
                this.release(owner.uid);
            }
        }
    }

    /** What owns something itself goes in the foreground, too, when its owner does (Kubernetes' garbage collector). */
    private deleteOwned(owner: ApiObject, foreground: boolean): void {
        for (const [collection, { metadata }] of this.ownedBy(owner.metadata.uid)) {
            const owns = foreground && this.ownedBy(metadata.uid).length > 0;
            if (this.get(collection, metadata.name) !== undefined) {
                this.delete(
                    collection,
                    metadata.name,
                    owns ? { propagationPolicy: "Foreground" } : {},
                );
            }
        }
    }

    private ownedBy(uid: string | undefined): [string, ApiObject][] {
        return [...this.collections].flatMap(([collection, objects]) =>
            [...objects.values()]
                .filter(({ metadata }) => metadata.ownerReferences?.some((it) => it.uid === uid))
                .map((object): [string, ApiObject] => [collection, object]),
        );
    }

    /** Lets an object go that waits in the foreground for what it owns, if nothing of it is left. */
    private release(uid: string | undefined): void {
        for (const [collection, objects] of this.collections) {
            const owner = [...objects.values()].find(({ metadata }) => metadata.uid === uid);
            const { finalizers = [], name = "" } = owner?.metadata ?? {};
            if (finalizers.includes(FOREGROUND) && this.ownedBy(uid).length === 0) {
                const left = finalizers.filter((it) => it !== FOREGROUND);
                if (owner !== undefined && left.length === 0) {
                    this.remove(collection, owner);
                } else {
                    this.update(collection, name, (it) => ({
                        ...it,
                        metadata: { ...it.metadata, finalizers: left },
                    }));
                }
            }
        }
    }

    /** What a namespace had in it goes with it: its pods end first. */
    private empty(namespace: string): void {
        for (const [collection, objects] of this.collections) {
            if (collection.includes(`/namespaces/${namespace}/`)) {
                for (const name of [...objects.keys()]) {
                    if (this.get(collection, name) !== undefined) {
                        this.delete(collection, name);
                    }
                }
            }
        }
    }

    /** The end of a generated name: five letters, another each time, and the same in each run. */
    private suffix(): string {
        const letters = "bcdfghjklmnpqrstvwxz2456789";
        let rest = (++this.names * 2_654_435_761) % letters.length ** 5;
        let text = "";
        for (let at = 0; at < 5; at += 1) {
            text += letters[rest % letters.length] ?? "";
            rest = Math.floor(rest / letters.length);
        }
        return text;
    }

    private put(type: "ADDED" | "MODIFIED", collection: string, object: ApiObject): ApiObject {
        const metadata = { ...object.metadata, resourceVersion: String(this.version + 1) };
        const stored = { ...object, metadata };
        const objects = this.collections.get(collection) ?? new Map<string, ApiObject>();
        this.collections.set(collection, objects.set(object.metadata.name, stored));
        this.tell(type, collection, stored);
        return stored;
    }

    private tell(type: StoreEvent["type"], collection: string, object: ApiObject): void {
        this.version += 1;
        const metadata = { ...object.metadata, resourceVersion: String(this.version) };
        const event = { version: this.version, collection, type, object: { ...object, metadata } };
        this.log.push(event);
        for (const listener of [...this.listeners]) {
            listener(event);
        }
    }
}

function resourceOf(collection: string): string {
    const parts = collection.split("/");
    const resource = parts.at(-1) ?? "";
    return parts[1] === "apis" ? `${resource}.${parts[2] ?? ""}` : resource;
}

/** Whether a collection is the one that is asked for, or one of its namespaces'. */
export function isIn(own: string, asked: string): boolean {
    return own === asked || own.replace(/\/namespaces\/[^/]+(?=\/)/, "") === asked;
}

function keyOf({ metadata }: ApiObject): string {
    return `${metadata.namespace ?? ""}/${metadata.name}`;
}

function unbound({ spec }: ApiObject): unknown {
    return spec === undefined ? undefined : { ...spec, nodeName: undefined };
}
