import type { SimClock } from "../clock";

/** The time as the API writes it: RFC 3339, whole seconds, UTC. */
export function timestamp(clock: SimClock, plusMilliseconds = 0): string {
    return seconds(clock.now() + plusMilliseconds);
}

/** A number of milliseconds since 1970 as the API writes it. */
export function seconds(milliseconds: number): string {
    return new Date(milliseconds).toISOString().replace(/\.\d+Z$/, "Z");
}

/**
 * How long the parts of a cluster take, in milliseconds: about what was seen in November 2026 on two busy cores
 * (Kubernetes 1.36.2, OpenShift 4.21). Their order is what counts.
 */
export const TAKES = {
    /** The scheduler, for one pod. */
    scheduling: 40,
    /** From a pod's binding to the kubelet's first status. */
    firstStatus: 60,
    /** A pod's volumes and its network. */
    sandbox: 400,
    /** One container's creation and start. */
    start: 150,
    /** From a container's end to its status: the kubelet looks once a second. */
    relist: 800,
    /** From a pod's last container's end to its final phase. */
    finish: 1_000,
    /** From the end of a deleted pod's containers to its removal. */
    removal: 400,
    /** A pull of a small image. */
    pull: 100,
    /** The first pause of a FailedMount; doubled up to two minutes (kubelet's nestedpendingoperations). */
    mountRetry: 500,
    mountRetryLongest: 122_000,
    /** The first pause of a crashed container; doubled up to five minutes, forgotten after ten good ones. */
    crashBackOff: 10_000,
    crashBackOffLongest: 300_000,
    crashBackOffForgotten: 600_000,
    /** The same for pulls. */
    pullBackOff: 10_000,
    pullBackOffLongest: 300_000,
    /** A node's heartbeat, and how long one may be missing before the node is not ready (Kubernetes 1.36: 50 s). */
    heartbeat: 10_000,
    nodeMonitor: 5_000,
    nodeGrace: 50_000,
    /** Between the two taints of a lost node, when it is back. */
    untaint: 300,
    /** A Job's first pause after a failed pod; doubled up to ten minutes. */
    jobBackOff: 10_000,
    jobBackOffLongest: 600_000,
    /** How long a Job's controller collects changes of its pods (Kubernetes 1.36: 1 s). */
    jobSync: 1_000,
} as const;
