import type { Job } from "./jobObjects";
import type { Pod } from "./objects";

/** The labels by which a Job's pods are found, old and new (Kubernetes 1.36). */
export function labelsOf({ metadata }: Job): Record<string, string> {
    const { name, uid } = metadata;
    return {
        "batch.kubernetes.io/controller-uid": uid,
        "batch.kubernetes.io/job-name": name,
        "controller-uid": uid,
        "job-name": name,
    };
}

/** Their uids. */
export function uids(pods: readonly Pod[]): string[] {
    return pods.map(({ metadata }) => metadata.uid);
}

/** True when a pod has ended. */
export function isOver({ status }: Pod): boolean {
    return status?.phase === "Succeeded" || status?.phase === "Failed";
}

/** True while a pod counts as one that may still succeed. */
export function isActive(pod: Pod): boolean {
    return !isOver(pod) && pod.metadata.deletionTimestamp === undefined;
}

/** A pod that is being deleted has failed, too: another one replaces it. */
export function hasFailed(pod: Pod): boolean {
    return pod.status?.phase === "Failed" || (!isOver(pod) && !isActive(pod));
}

/** True while a pod is ready. */
export function isReady({ status }: Pod): boolean {
    return (
        status?.conditions?.some(({ type, status: is }) => type === "Ready" && is === "True") ===
        true
    );
}
