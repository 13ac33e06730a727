import { createHash } from "node:crypto";

import type { Condition, PodTemplate } from "./objects";
import { ownerReference } from "./owners";
import type { Deployment, DeploymentStatus, ReplicaSet } from "./workloads";

// The letters that Kubernetes makes random names of: no vowels, nothing that looks like another.
const LETTERS = "bcdfghjklmnpqrstvwxz2456789";

/** The label that tells a Deployment's ReplicaSets apart. */
export const HASH = "pod-template-hash";
/** The annotation with the number of a Deployment's revision. */
export const REVISION = "deployment.kubernetes.io/revision";

/** A short name for a template: the same for the same one. Kubernetes' own hash is another, and as long. */
export function templateHash(template: PodTemplate): string {
    const digest = createHash("sha256")
        .update(JSON.stringify(sorted(template)))
        .digest();
    return [...digest.subarray(0, 9)].map((byte) => LETTERS[byte % LETTERS.length]).join("");
}

/** The ReplicaSet of a Deployment's template. */
export function replicaSetOf(
    deployment: Deployment,
    replicas: number,
    annotations: Readonly<Record<string, string>>,
) {
    const { template, selector } = deployment.spec;
    const hash = templateHash(template);
    const labels = { ...template.metadata?.labels, [HASH]: hash };
    return {
        apiVersion: "apps/v1",
        kind: "ReplicaSet",
        metadata: {
            name: `${deployment.metadata.name}-${hash}`,
            namespace: deployment.metadata.namespace,
            labels,
            annotations,
            ownerReferences: [ownerReference("apps/v1", "Deployment", deployment)],
        },
        spec: {
            replicas,
            selector: { ...selector, matchLabels: { ...selector.matchLabels, [HASH]: hash } },
            template: { ...template, metadata: { ...template.metadata, labels } },
        },
    };
}

/** Whether a ReplicaSet is of a template. */
export function isOf(template: PodTemplate, set: ReplicaSet): boolean {
    const { labels = {}, ...metadata } = set.spec.template.metadata ?? {};
    const own = Object.fromEntries(Object.entries(labels).filter(([key]) => key !== HASH));
    const without = { ...set.spec.template, metadata: { ...metadata, labels: own } };
    return templateHash(without) === templateHash(template);
}

/** A number or a percentage of the replicas. */
export function share(value: number | string, of: number, up: boolean): number {
    if (typeof value === "number") {
        return value;
    }
    const exact = (Number(value.replace("%", "")) * of) / 100;
    return up ? Math.ceil(exact) : Math.floor(exact);
}

/** How many pods a rollout may have more, and how many may be away. */
export function bounds({ spec }: Deployment): { surge: number; unavailable: number } {
    const { replicas = 1, strategy } = spec;
    const { maxSurge = "25%", maxUnavailable = "25%" } = strategy?.rollingUpdate ?? {};
    const surge = share(maxSurge, replicas, true);
    const unavailable = share(maxUnavailable, replicas, false);
    return { surge, unavailable: surge === 0 && unavailable === 0 ? 1 : unavailable };
}

/** What a Deployment's ReplicaSets add up to; zeros are left out of the object, as Kubernetes does. */
export function totalsOf(
    deployment: Deployment,
    sets: readonly ReplicaSet[],
    newest: ReplicaSet | undefined,
): Required<Omit<DeploymentStatus, "conditions">> {
    const sum = (of: (set: ReplicaSet) => number | undefined) =>
        sets.reduce((total, set) => total + (of(set) ?? 0), 0);
    const available = sum(({ status }) => status?.availableReplicas);
    return {
        observedGeneration: deployment.metadata.generation ?? 1,
        replicas: sum(({ status }) => status?.replicas),
        updatedReplicas: newest?.status?.replicas ?? 0,
        readyReplicas: sum(({ status }) => status?.readyReplicas),
        availableReplicas: available,
        unavailableReplicas: Math.max(0, sum(({ spec }) => spec.replicas) - available),
        terminatingReplicas: sum(({ status }) => status?.terminatingReplicas),
    };
}

/** Whether a rollout has reached its end. */
export function isComplete(deployment: Deployment, totals: DeploymentStatus): boolean {
    const { replicas = 1 } = deployment.spec;
    return (
        totals.updatedReplicas === replicas &&
        totals.replicas === replicas &&
        totals.availableReplicas === replicas
    );
}

/** Whether a rollout has come nearer its end. */
export function hasProgressed(before: DeploymentStatus, totals: DeploymentStatus): boolean {
    const old = ({ replicas = 0, updatedReplicas = 0 }: DeploymentStatus) =>
        replicas - updatedReplicas;
    return (
        (totals.updatedReplicas ?? 0) > (before.updatedReplicas ?? 0) ||
        old(totals) < old(before) ||
        (totals.readyReplicas ?? 0) > (before.readyReplicas ?? 0) ||
        (totals.availableReplicas ?? 0) > (before.availableReplicas ?? 0)
    );
}

/** The oldest ReplicaSets that nothing uses, beyond what the Deployment keeps. */
export function forgotten(
    { spec }: Deployment,
    sets: readonly ReplicaSet[],
    newest: ReplicaSet,
): ReplicaSet[] {
    const revision = ({ metadata }: ReplicaSet) => Number(metadata.annotations?.[REVISION]);
    const unused = sets
        .filter(
            (set) =>
                set.metadata.uid !== newest.metadata.uid &&
                set.spec.replicas === 0 &&
                (set.status?.replicas ?? 0) === 0,
        )
        .sort((one, other) => revision(one) - revision(other));
    return unused.slice(0, Math.max(0, unused.length - (spec.revisionHistoryLimit ?? 10)));
}

/** Conditions with one of them put in place of what it was; its time stays while its status does. */
export function withCondition(
    conditions: readonly Condition[],
    next: Condition,
    now: string,
): Condition[] {
    const before = conditions.find(({ type }) => type === next.type);
    if (
        before?.status === next.status &&
        before.reason === next.reason &&
        before.message === next.message
    ) {
        return [...conditions];
    }
    const since = before?.status === next.status ? before.lastTransitionTime : now;
    const { type, status, ...words } = next;
    const put: Condition = {
        type,
        status,
        lastUpdateTime: now,
        lastTransitionTime: since ?? now,
        ...words,
    };
    return [...conditions.filter((it) => it.type !== type), put];
}

function sorted(value: unknown): unknown {
    if (Array.isArray(value)) {
        return value.map(sorted);
    }
    if (typeof value !== "object" || value === null) {
        return value;
    }
    const entries = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
    return Object.fromEntries(entries.map(([key, it]) => [key, sorted(it)]));
}
