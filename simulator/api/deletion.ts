import type { ApiObject } from "./apiObject";

/** How something is to be deleted, as the body of a DELETE has it (meta/v1 DeleteOptions). */
export interface DeleteOptions {
    readonly gracePeriodSeconds?: number;
    readonly propagationPolicy?: string;
    readonly preconditions?: { readonly uid?: string };
}

/** The finalizer that keeps an object until what it owns is gone. */
export const FOREGROUND = "foregroundDeletion";

/** Seconds that a pod has to end: none where it has not begun, or is over (Kubernetes: pod strategy, CheckGracefulDelete). */
export function graceOf(collection: string, object: ApiObject, options: DeleteOptions): number {
    const phase = object.status?.["phase"];
    const bound = object.spec?.["nodeName"] !== undefined;
    if (!collection.endsWith("/pods") || !bound || phase === "Succeeded" || phase === "Failed") {
        return 0;
    }
    const own = object.spec["terminationGracePeriodSeconds"];
    return options.gracePeriodSeconds ?? (typeof own === "number" ? own : 30);
}

/** An object as it is while it is being deleted. */
export function leaving(
    object: ApiObject,
    grace: number,
    finalizers: readonly string[],
    now: number,
): ApiObject {
    const { metadata } = object;
    const again = metadata.deletionTimestamp !== undefined;
    return {
        ...object,
        metadata: {
            ...metadata,
            generation: (metadata.generation ?? 1) + (again ? 0 : 1),
            deletionTimestamp: `${new Date(now + grace * 1000).toISOString().slice(0, 19)}Z`,
            deletionGracePeriodSeconds: grace,
            ...(finalizers.length > 0 && { finalizers }),
        },
    };
}

/** Whether nothing keeps an object any longer that is being deleted. */
export function isDone(collection: string, { metadata }: ApiObject): boolean {
    return (
        metadata.deletionTimestamp !== undefined &&
        (metadata.finalizers ?? []).length === 0 &&
        (!collection.endsWith("/pods") || metadata.deletionGracePeriodSeconds === 0)
    );
}
