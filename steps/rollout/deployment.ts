import * as z from "zod";

// The API leaves empty values out.
const count = z.number().default(0);
const texts = z.record(z.string(), z.string()).default({});
const condition = z.object({
    type: z.string(),
    status: z.string(),
    reason: z.string().optional(),
    message: z.string().optional(),
    lastTransitionTime: z.string().optional(),
});

/** A Deployment. */
export const deploymentSchema = z.object({
    metadata: z.object({
        name: z.string(),
        uid: z.string(),
        generation: count,
        annotations: texts,
    }),
    spec: z.object({
        replicas: z.number().default(1),
        selector: z.object({ matchLabels: texts }),
    }),
    status: z
        .object({
            observedGeneration: count,
            replicas: count,
            updatedReplicas: count,
            availableReplicas: count,
            conditions: z.array(condition).default([]),
        })
        .prefault({}),
});
export type Deployment = z.infer<typeof deploymentSchema>;

/** A ReplicaSet. */
export const replicaSetSchema = z.object({
    metadata: z.object({
        name: z.string(),
        labels: texts,
        annotations: texts,
        ownerReferences: z.array(z.object({ uid: z.string() })).default([]),
    }),
    status: z.object({ conditions: z.array(condition).default([]) }).prefault({}),
});
export type ReplicaSet = z.infer<typeof replicaSetSchema>;

const REVISION = "deployment.kubernetes.io/revision";

/** Whether a Deployment's controller has taken in this generation, or a later one. */
export function isObserved({ metadata, status }: Deployment, generation: number): boolean {
    const { observedGeneration } = status;
    return observedGeneration >= generation && observedGeneration >= metadata.generation;
}

/** Whether every pod is of the newest template and available, and no other is left: as `oc rollout status` says it. */
export function isRolledOut({ spec, status }: Deployment): boolean {
    const { replicas, updatedReplicas, availableReplicas } = status;
    return (
        updatedReplicas >= spec.replicas &&
        replicas <= updatedReplicas &&
        availableReplicas >= updatedReplicas
    );
}

/**
 * How many pods of the newest template are available, at least: the status counts available pods of all templates
 * together, so those that are not available are taken to be new ones.
 */
export function servingPods({ status }: Deployment): number {
    const { replicas, updatedReplicas, availableReplicas } = status;
    return Math.max(0, updatedReplicas - Math.max(0, replicas - availableReplicas));
}

/** The ReplicaSet of a Deployment's newest template; undefined while there is none. */
export function newestReplicaSet(
    { metadata }: Deployment,
    replicaSets: readonly ReplicaSet[],
): ReplicaSet | undefined {
    const revision = metadata.annotations[REVISION];
    return replicaSets.find(
        (it) =>
            it.metadata.annotations[REVISION] === revision &&
            it.metadata.ownerReferences.some(({ uid }) => uid === metadata.uid),
    );
}

/** The hash that the pods of a ReplicaSet carry. */
export function podHash(replicaSet: ReplicaSet | undefined): string | undefined {
    return replicaSet?.metadata.labels["pod-template-hash"];
}

/**
 * Why the pods of a Deployment or ReplicaSet are not created, if they are not. A Deployment repeats what any of its
 * ReplicaSets says, an old one's too.
 */
export function refusedPods({ status }: Pick<ReplicaSet, "status">): string | undefined {
    return status.conditions.find(isRefusal)?.message;
}

/**
 * When the pods of a Deployment or ReplicaSet began to be refused, in milliseconds since 1970; undefined where they are
 * not, or where it is not told.
 */
export function refusedSince({ status }: Pick<ReplicaSet, "status">): number | undefined {
    const time = status.conditions.find(isRefusal)?.lastTransitionTime;
    return time === undefined ? undefined : Date.parse(time);
}

function isRefusal({ type, status }: z.infer<typeof condition>): boolean {
    return type === "ReplicaFailure" && status === "True";
}
