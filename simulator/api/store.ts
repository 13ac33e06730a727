import { frozen } from "./json";
import type { Kind } from "./kinds";
import { expired } from "./statusError";
import type { ApiObject } from "./types";

/** A change of an object. */
export interface StoreEvent {
    readonly version: number;
    readonly kind: Kind;
    readonly type: "ADDED" | "MODIFIED" | "DELETED";
    readonly object: ApiObject;
    /** The object before; undefined where it is new. */
    readonly before: ApiObject | undefined;
}

/** How many changes are kept for whoever watches or lists from an older version: about what etcd keeps for five minutes. */
const KEPT = 20_000;

/** Objects by kind and name, with one version that every change moves on, and a log of the changes. */
export class Store {
    private version = 1;
    private forgotten = 0;
    private readonly objects = new Map<Kind, Map<string, ApiObject>>();
    private log: StoreEvent[] = [];
    private readonly listeners = new Set<(event: StoreEvent) => void>();

    /** The version of the newest change. */
    get currentVersion(): number {
        return this.version;
    }

    /** Calls back at each change until the returned function is called. */
    listen(listener: (event: StoreEvent) => void): () => void {
        this.listeners.add(listener);
        return () => {
            this.listeners.delete(listener);
        };
    }

    /** An object; undefined where there is none. */
    get(kind: Kind, namespace: string, name: string): ApiObject | undefined {
        return this.objects.get(kind)?.get(keyOf(namespace, name));
    }

    /** The objects of a kind in the order of their keys; of every namespace without one. */
    list(kind: Kind, namespace?: string): ApiObject[] {
        return inOrder([...(this.objects.get(kind)?.values() ?? [])], namespace);
    }

    /** As {@link list}, as it was at a version. Throws a StatusError of 410 where that is forgotten. */
    listAt(kind: Kind, namespace: string | undefined, version: number): ApiObject[] {
        const then = new Map(this.objects.get(kind));
        for (const event of this.since(kind, version).reverse()) {
            const key = keyOf(event.object.metadata.namespace, event.object.metadata.name);
            if (event.before === undefined) {
                then.delete(key);
            } else {
                then.set(key, event.before);
            }
        }
        return inOrder([...then.values()], namespace);
    }

    /** Every object of every kind. */
    all(): { readonly kind: Kind; readonly object: ApiObject }[] {
        return [...this.objects].flatMap(([kind, objects]) =>
            [...objects.values()].map((object) => ({ kind, object })),
        );
    }

    /** Keeps an object under a new version, and tells of it. Returns it as it is kept. */
    put(kind: Kind, object: ApiObject): ApiObject {
        const { namespace, name } = object.metadata;
        const before = this.get(kind, namespace ?? "", name);
        const stored = this.versioned(object);
        const objects = this.objects.get(kind) ?? new Map<string, ApiObject>();
        this.objects.set(kind, objects.set(keyOf(namespace, name), stored));
        this.tell(kind, before === undefined ? "ADDED" : "MODIFIED", stored, before);
        return stored;
    }

    /** Forgets an object, and tells of it. */
    remove(kind: Kind, object: ApiObject): void {
        const { namespace, name } = object.metadata;
        const before = this.get(kind, namespace ?? "", name);
        this.objects.get(kind)?.delete(keyOf(namespace, name));
        this.tell(kind, "DELETED", this.versioned(object), before);
    }

    /** The changes of a kind after a version. Throws a StatusError of 410 where they are forgotten. */
    since(kind: Kind, version: number): StoreEvent[] {
        if (version < this.forgotten) {
            throw expired(`too old resource version: ${version} (${this.forgotten})`);
        }
        return this.log.filter((event) => event.version > version && event.kind === kind);
    }

    /** Forgets the changes until now: a watch from before them is answered with 410. */
    compact(): void {
        this.forgotten = this.version;
        this.log = [];
    }

    private versioned(object: ApiObject): ApiObject {
        const resourceVersion = String(this.version + 1);
        return frozen({ ...object, metadata: { ...object.metadata, resourceVersion } });
    }

    private tell(
        kind: Kind,
        type: StoreEvent["type"],
        object: ApiObject,
        before: ApiObject | undefined,
    ): void {
        this.version += 1;
        const event = { version: this.version, kind, type, object, before };
        this.log.push(event);
        if (this.log.length > 2 * KEPT) {
            this.forgotten = this.log[KEPT - 1]?.version ?? this.forgotten;
            this.log = this.log.slice(KEPT);
        }
        for (const listener of this.listeners) {
            listener(event);
        }
    }
}

/** `namespace/name`, as etcd's keys end. */
export function keyOf(namespace: string | undefined, name: string): string {
    return `${namespace ?? ""}/${name}`;
}

function inOrder(objects: ApiObject[], namespace: string | undefined): ApiObject[] {
    const key = ({ metadata }: ApiObject) => keyOf(metadata.namespace, metadata.name);
    return objects
        .filter(({ metadata }) => namespace === undefined || metadata.namespace === namespace)
        .sort((one, other) => (key(one) < key(other) ? -1 : 1));
}
