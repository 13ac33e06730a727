import type { SimClock } from "../clock";
import type { Condition } from "./objects";
import { bounds, hasProgressed, isComplete, withCondition } from "./rollouts";
import { timestamp } from "./time";
import type { Deployment, DeploymentStatus, ReplicaSet } from "./workloads";

/** What a Deployment's conditions become, in the words of Kubernetes 1.36. */
export function conditionsOf(
    clock: SimClock,
    deployment: Deployment,
    before: DeploymentStatus,
    totals: DeploymentStatus,
    sets: readonly ReplicaSet[],
    newest: ReplicaSet | undefined,
): Condition[] {
    const now = timestamp(clock);
    const { replicas = 1, progressDeadlineSeconds = 600 } = deployment.spec;
    const serves = (totals.availableReplicas ?? 0) >= replicas - bounds(deployment).unavailable;
    let conditions = withCondition(
        before.conditions ?? [],
        serves
            ? {
                  type: "Available",
                  status: "True",
                  reason: "MinimumReplicasAvailable",
                  message: "Deployment has minimum availability.",
              }
            : {
                  type: "Available",
                  status: "False",
                  reason: "MinimumReplicasUnavailable",
                  message: "Deployment does not have minimum availability.",
              },
        now,
    );
    const failure = sets
        .flatMap(({ status }) => status?.conditions ?? [])
        .find(({ type }) => type === "ReplicaFailure");
    conditions =
        failure === undefined
            ? conditions.filter(({ type }) => type !== "ReplicaFailure")
            : withCondition(conditions, failure, now);
    if (newest === undefined || deployment.metadata.deletionTimestamp !== undefined) {
        return conditions;
    }
    const named = `ReplicaSet "${newest.metadata.name}"`;
    const progress = conditions.find(({ type }) => type === "Progressing");
    const say = (status: string, reason: string, words: string) =>
        withCondition(
            conditions,
            { type: "Progressing", status, reason, message: `${named} ${words}` },
            now,
        );
    if (isComplete(deployment, totals)) {
        return say("True", "NewReplicaSetAvailable", "has successfully progressed.");
    }
    if (hasProgressed(before, totals)) {
        const updated = say("True", "ReplicaSetUpdated", "is progressing.");
        return updated.map((it) =>
            it.type === "Progressing" ? { ...it, lastUpdateTime: now } : it,
        );
    }
    const since = Date.parse(progress?.lastUpdateTime ?? now);
    const late = clock.now() - since > progressDeadlineSeconds * 1_000;
    return late && progress?.reason !== "NewReplicaSetAvailable"
        ? say("False", "ProgressDeadlineExceeded", "has timed out progressing.")
        : conditions;
}
