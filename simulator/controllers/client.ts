import type { KubeObject, Pod } from "./objects";

/** The kinds that controllers handle, by the name in their path. */
export type Resource =
    | "pods"
    | "nodes"
    | "events"
    | "secrets"
    | "configmaps"
    | "serviceaccounts"
    | "namespaces"
    | "resourcequotas"
    | "jobs"
    | "deployments"
    | "replicasets"
    | "builds"
    | "buildconfigs"
    | "imagestreams"
    | "images";

/** A change that a watch tells. */
export interface Change {
    readonly type: "ADDED" | "MODIFIED" | "DELETED" | "BOOKMARK" | "ERROR";
    readonly object: unknown;
}

/** Objects, and the version of the list. */
export interface ObjectList<T> {
    readonly items: T[];
    readonly resourceVersion: string;
}

/** How a controller speaks with the API; every answer that is no success rejects with an {@link ApiFailure}. */
export interface Client {
    /** An object, or undefined when there is none. */
    get<T extends KubeObject>(
        resource: Resource,
        namespace: string,
        name: string,
    ): Promise<T | undefined>;
    /** All objects of all namespaces, and the version to watch from. */
    list<T extends KubeObject>(resource: Resource): Promise<ObjectList<T>>;
    /** Creates an object. */
    create<T extends KubeObject>(
        resource: Resource,
        namespace: string,
        object: unknown,
    ): Promise<T>;
    /** Merges a patch (RFC 7386) into an object, or into one of its subresources. */
    patch<T extends KubeObject>(
        resource: Resource,
        namespace: string,
        name: string,
        patch: unknown,
        subresource?: string,
    ): Promise<T>;
    /** Binds a pod to a node. */
    bind(namespace: string, name: string, node: string): Promise<Pod>;
    /** Has a pod leave its node, as `oc adm drain` does. */
    evict(namespace: string, name: string): Promise<void>;
    /** Deletes an object; with a grace period for pods. False when it is gone already. */
    remove(
        resource: Resource,
        namespace: string,
        name: string,
        options?: RemoveOptions,
    ): Promise<boolean>;
    /** Changes after a version, until the signal is aborted or the server ends the watch. */
    watch(resource: Resource, resourceVersion: string, signal: AbortSignal): AsyncIterable<Change>;
}

/** How to delete. */
export interface RemoveOptions {
    readonly gracePeriodSeconds?: number;
    /** Delete only the object with this uid. */
    readonly uid?: string;
    readonly propagationPolicy?: "Background" | "Foreground" | "Orphan";
}

/** What the API answered in place of a success. */
export class ApiFailure extends Error {
    constructor(
        readonly code: number,
        readonly reason: string,
        message: string,
    ) {
        super(message);
        this.name = "ApiFailure";
    }
}

/** True when the object is not there. */
export function isGone(error: unknown): boolean {
    return error instanceof ApiFailure && error.code === 404;
}

/** True when somebody else was faster: the object has changed, or exists. */
export function isConflict(error: unknown): boolean {
    return error instanceof ApiFailure && error.code === 409;
}
