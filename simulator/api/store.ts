import { randomUUID } from "node:crypto";

/** An object of the API. */
export interface ApiObject {
    readonly apiVersion?: string;
    readonly kind?: string;
    readonly metadata: {
        readonly name: string;
        readonly namespace?: string;
        readonly uid?: string;
        readonly resourceVersion?: string;
        readonly generation?: number;
        readonly creationTimestamp?: string;
        readonly labels?: Readonly<Record<string, string>>;
        readonly annotations?: Readonly<Record<string, string>>;
        readonly ownerReferences?: readonly { readonly uid: string }[];
    };
    readonly spec?: Readonly<Record<string, unknown>>;
    readonly status?: Readonly<Record<string, unknown>>;
    readonly [key: string]: unknown;
}

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
        return [...(this.collections.get(collection)?.values() ?? [])].sort((one, other) =>
            one.metadata.name < other.metadata.name ? -1 : 1,
        );
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
        const { name } = object.metadata;
        if (this.get(collection, name) !== undefined) {
            const message = `${resourceOf(collection)} "${name}" already exists`;
            throw new StoreError(409, "AlreadyExists", message);
        }
        const created = {
            ...object,
            metadata: {
                ...object.metadata,
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
        const isNew = JSON.stringify(before.spec) !== JSON.stringify(after.spec);
        const generation = (before.metadata.generation ?? 1) + (isNew ? 1 : 0);
        const metadata = { ...after.metadata, uid: before.metadata.uid, generation };
        return this.put("MODIFIED", collection, { ...after, metadata });
    }

    /** Removes an object, and what it owns. Throws a StoreError of 404 where there is none. */
    delete(collection: string, name: string): void {
        const found = this.need(collection, name);
        this.collections.get(collection)?.delete(name);
        this.tell("DELETED", collection, found);
        for (const [other, objects] of this.collections) {
            for (const object of [...objects.values()]) {
                const owners = object.metadata.ownerReferences ?? [];
                if (owners.some(({ uid }) => uid === found.metadata.uid)) {
                    this.delete(other, object.metadata.name);
                }
            }
        }
        if (collection.endsWith("/namespaces")) {
            this.empty(name);
        }
    }

    /** The changes of a collection after a version. Throws a StoreError of 410 where they are forgotten. */
    since(collection: string, version: number): StoreEvent[] {
        if (version < this.oldest) {
            const message = `too old resource version: ${version} (${this.oldest})`;
            throw new StoreError(410, "Expired", message);
        }
        return this.log.filter(
            (event) => event.version > version && event.collection === collection,
        );
    }

    /** Forgets all changes up to now. */
    compact(): void {
        this.oldest = this.version;
        this.log = [];
    }

    /** What a namespace had in it goes with it. */
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
