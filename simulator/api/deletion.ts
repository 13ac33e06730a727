import { asJson, timestamp } from "./json";
import type { Kind } from "./kinds";
import { StatusError } from "./statusError";
import type { Store } from "./store";
import type { ApiObject } from "./types";

/** How something is to be deleted (meta/v1 DeleteOptions). */
export interface DeleteOptions {
    readonly gracePeriodSeconds?: number;
    readonly propagationPolicy?: string;
    readonly orphanDependents?: boolean;
    readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string };
    readonly dryRun?: readonly string[];
}

/** What became of an object that was to be deleted. */
export interface Deleted {
    readonly object: ApiObject;
    /** False while something keeps it. */
    readonly isGone: boolean;
}

const FOREGROUND = "foregroundDeletion";
// Seconds that a pod has to end that names none (core/v1 PodSpec, terminationGracePeriodSeconds).
const GRACE = 30;

/** Deletes objects, and collects what nobody owns any longer: at once, where Kubernetes' garbage collector takes a moment. */
export class Deletion {
    constructor(
        private readonly store: Store,
        /** Milliseconds since 1970. */
        private readonly now: () => number,
    ) {}

    /**
     * Deletes an object: a pod that runs ends first; one with finalizers, or with what it owns in the foreground, waits; a namespace
     * waits for what is in it. Throws a StatusError of 409 for another uid.
     */
    delete(kind: Kind, object: ApiObject, options: DeleteOptions): Deleted {
        checkPreconditions(object, options);
        const { metadata } = object;
        const grace = graceOf(kind, object, options);
        const known = metadata.finalizers ?? [];
        const foreground = options.propagationPolicy === "Foreground";
        if (options.propagationPolicy === "Orphan" || options.orphanDependents === true) {
            this.dependents(metadata.uid).forEach((it) => {
                this.disown(it.kind, it.object, metadata.uid);
            });
        }
        const finalizers =
            foreground && !known.includes(FOREGROUND) ? [...known, FOREGROUND] : known;
        const asked = metadata.deletionGracePeriodSeconds;
        const isShorter = asked === undefined || grace < asked;
        if (metadata.deletionTimestamp !== undefined && !isShorter && finalizers === known) {
            return { object, isGone: false };
        }
        const left = this.leaving(kind, object, { grace, finalizers });
        if (isDone(kind, left)) {
            // A pod is told to go, if in no time, before it is gone; other objects are just gone (seen with Kubernetes 1.36).
            const last = kind.kind === "Pod" ? this.store.put(kind, left) : object;
            return { object: this.remove(kind, last), isGone: true };
        }
        const kept = this.store.put(kind, left);
        if (kind.plural === "namespaces") {
            this.empty(metadata.name);
        }
        if (foreground) {
            // What owns something itself waits for that; what does not goes at once (garbagecollector.go, attemptToDeleteItem).
            this.dependents(metadata.uid).forEach((it) => {
                const owns = this.dependents(it.object.metadata.uid).length > 0;
                const propagationPolicy = owns ? "Foreground" : "Background";
                this.delete(it.kind, it.object, { propagationPolicy });
            });
            this.release(metadata.uid);
        }
        return {
            object: kept,
            isGone: this.store.get(kind, metadata.namespace ?? "", metadata.name) === undefined,
        };
    }

    /** Removes an object that has changed, if it was being deleted and nothing keeps it any longer. */
    settle(kind: Kind, object: ApiObject): void {
        if (isDone(kind, object)) {
            this.remove(kind, object);
        }
    }

    /** Removes a new object whose owners are all gone, as the garbage collector does. */
    collect(kind: Kind, object: ApiObject): void {
        const owners = object.metadata.ownerReferences ?? [];
        if (owners.length > 0 && owners.every(({ uid }) => !this.exists(uid))) {
            this.delete(kind, object, {});
        }
    }

    private leaving(
        kind: Kind,
        object: ApiObject,
        { grace, finalizers }: { grace: number; finalizers: readonly string[] },
    ): ApiObject {
        const { metadata } = object;
        const isNew = metadata.deletionTimestamp === undefined;
        const left = {
            ...object,
            metadata: {
                ...metadata,
                ...(metadata.generation !== undefined && {
                    generation: metadata.generation + (isNew ? 1 : 0),
                }),
                deletionTimestamp: timestamp(this.now() + grace * 1_000),
                deletionGracePeriodSeconds: grace,
                ...(finalizers.length > 0 && { finalizers }),
            },
        };
        return kind.plural === "namespaces"
            ? { ...left, status: { ...asJson(left.status), phase: "Terminating" } }
            : left;
    }

    private remove(kind: Kind, object: ApiObject): ApiObject {
        const { uid, namespace } = object.metadata;
        this.store.remove(kind, object);
        for (const dependent of this.dependents(uid)) {
            const owners = dependent.object.metadata.ownerReferences ?? [];
            if (owners.some((it) => it.uid !== uid && this.exists(it.uid))) {
                this.disown(dependent.kind, dependent.object, uid);
            } else {
                this.delete(dependent.kind, dependent.object, {});
            }
        }
        for (const owner of object.metadata.ownerReferences ?? []) {
            this.release(owner.uid);
        }
        if (namespace !== undefined) {
            this.finish(namespace);
        }
        return object;
    }

    private disown(kind: Kind, object: ApiObject, uid: string | undefined): void {
        const { ownerReferences = [], ...metadata } = object.metadata;
        const left = ownerReferences.filter((it) => it.uid !== uid);
        this.store.put(kind, {
            ...object,
            metadata: { ...metadata, ...(left.length > 0 && { ownerReferences: left }) },
        });
    }

    private dependents(uid: string | undefined) {
        return this.store
            .all()
            .filter(({ object }) => object.metadata.ownerReferences?.some((it) => it.uid === uid));
    }

    private exists(uid: string): boolean {
        return this.store.all().some(({ object }) => object.metadata.uid === uid);
    }

    /** Lets an object go that waits in the foreground for what it owns, if nothing of it is left. */
    private release(uid: string | undefined): void {
        const owner = this.store.all().find(({ object }) => object.metadata.uid === uid);
        const { finalizers = [], ...metadata } = owner?.object.metadata ?? { name: "" };
        const holds = this.dependents(uid).some(({ object }) =>
            object.metadata.ownerReferences?.some(
                (it) => it.uid === uid && it.blockOwnerDeletion === true,
            ),
        );
        if (owner === undefined || holds || !finalizers.includes(FOREGROUND)) {
            return;
        }
        const left = finalizers.filter((it) => it !== FOREGROUND);
        const object = {
            ...owner.object,
            metadata: { ...metadata, ...(left.length > 0 && { finalizers: left }) },
        };
        if (isDone(owner.kind, object)) {
            this.remove(owner.kind, object);
        } else {
            this.store.put(owner.kind, object);
        }
    }

    /** What a namespace has in it goes before it. */
    private empty(namespace: string): void {
        for (const { kind, object } of this.contents(namespace)) {
            if (this.store.get(kind, namespace, object.metadata.name) !== undefined) {
                this.delete(kind, object, {});
            }
        }
        this.finish(namespace);
    }

    private finish(namespace: string): void {
        const found = this.store
            .all()
            .find(
                ({ kind, object }) =>
                    kind.plural === "namespaces" && object.metadata.name === namespace,
            );
        if (
            found?.object.metadata.deletionTimestamp !== undefined &&
            this.contents(namespace).length === 0
        ) {
            this.remove(found.kind, found.object);
        }
    }

    private contents(namespace: string) {
        return this.store.all().filter(({ object }) => object.metadata.namespace === namespace);
    }
}

/** Throws a StatusError of 409 where an object is not the one that is meant. */
export function checkPreconditions(
    { metadata }: ApiObject,
    { preconditions = {} }: DeleteOptions,
): void {
    const { uid, resourceVersion } = preconditions;
    const differ = (what: string, asked: string, is = "") =>
        new StatusError(
            409,
            "Conflict",
            `Precondition failed: ${what} in precondition: ${asked}, ${what} in object meta: ${is}`,
            { name: metadata.name },
        );
    if (uid !== undefined && uid !== metadata.uid) {
        throw differ("UID", uid, metadata.uid);
    }
    if (resourceVersion !== undefined && resourceVersion !== metadata.resourceVersion) {
        throw differ("ResourceVersion", resourceVersion, metadata.resourceVersion);
    }
}

/** Seconds that a pod has to end: none where it has not begun, or is over (Kubernetes: pod strategy, CheckGracefulDelete). */
function graceOf(kind: Kind, object: ApiObject, options: DeleteOptions): number {
    if (kind.group !== "" || kind.plural !== "pods") {
        return 0;
    }
    const spec = asJson(object.spec);
    const phase = asJson(object.status)["phase"];
    if (spec["nodeName"] === undefined || phase === "Succeeded" || phase === "Failed") {
        return 0;
    }
    const own = spec["terminationGracePeriodSeconds"];
    return Math.max(0, options.gracePeriodSeconds ?? (typeof own === "number" ? own : GRACE));
}

/** Whether an object is being deleted, and nothing keeps it. */
function isDone(kind: Kind, { metadata }: ApiObject): boolean {
    return (
        metadata.deletionTimestamp !== undefined &&
        (metadata.finalizers ?? []).length === 0 &&
        kind.plural !== "namespaces" &&
        metadata.deletionGracePeriodSeconds === 0
    );
}
