import type { SimClock } from "../clock";
import type { Client } from "./client";
import { type Informer, keyOf } from "./informer";
import type { Pod } from "./objects";
import { controllerOf, ownedBy, ownerReference, podFrom } from "./owners";
import type { Recorder } from "./recorder";
import { timestamp } from "./time";
import { Worker } from "./worker";
import type { ReplicaSet } from "./workloads";

type Status = NonNullable<ReplicaSet["status"]>;

/** The ReplicaSet controller: keeps as many pods as are wanted. Words of Kubernetes 1.36. */
export class ReplicaSetController {
    private readonly worker: Worker;

    constructor(
        private readonly client: Client,
        private readonly clock: SimClock,
        private readonly recorder: Recorder,
        private readonly sets: Informer<ReplicaSet>,
        private readonly pods: Informer<Pod>,
        signal: AbortSignal,
    ) {
        this.worker = new Worker(clock, signal, (key) => this.sync(key));
    }

    /** Begins. */
    start(): void {
        this.sets.listen((now) => {
            if (now !== undefined) {
                this.worker.add(keyOf(now));
            }
        });
        this.pods.listen((now, before) => {
            const pod = now ?? before;
            const owner = pod && controllerOf(pod, "ReplicaSet");
            if (pod !== undefined && owner !== undefined) {
                this.worker.add(`${pod.metadata.namespace ?? ""}/${owner.name}`);
            }
        });
    }

    private async sync(key: string): Promise<void> {
        const [namespace = "", name = ""] = key.split("/");
        const set = this.sets.get(namespace, name);
        if (set === undefined) {
            return;
        }
        const pods = this.pods.all(namespace).filter((pod) => ownedBy(pod, set));
        const active = pods.filter(isActive);
        const missing = (set.spec.replicas ?? 1) - active.length;
        let refusal: unknown;
        if (set.metadata.deletionTimestamp === undefined && missing !== 0) {
            try {
                // Its status tells what was before this, as the cluster's does.
                await this.tellStatus(set, pods, undefined);
                await (missing > 0
                    ? this.create(set, missing)
                    : this.remove(set, active, -missing));
            } catch (error) {
                refusal = error;
            }
        }
        const after = this.pods.all(namespace).filter((pod) => ownedBy(pod, set));
        await this.tellStatus(set, after, refusal);
        if (refusal !== undefined) {
            throw refusal as Error;
        }
    }

    private async create(set: ReplicaSet, count: number): Promise<void> {
        const { namespace = "" } = set.metadata;
        const body = podFrom(set.spec.template, set, ownerReference("apps/v1", "ReplicaSet", set));
        for (let created = 0; created < count; created++) {
            try {
                const pod = await this.client.create<Pod>("pods", namespace, body);
                this.pods.learn(pod);
                this.tell(set, "Normal", "SuccessfulCreate", `Created pod: ${pod.metadata.name}`);
            } catch (error) {
                const words = error instanceof Error ? error.message : String(error);
                this.tell(set, "Warning", "FailedCreate", `Error creating: ${words}`);
                throw error;
            }
        }
    }

    private async remove(set: ReplicaSet, active: readonly Pod[], count: number): Promise<void> {
        // Those that serve stay longest.
        const order = [...active].sort(
            (one, other) => Number(isReady(one)) - Number(isReady(other)),
        );
        for (const pod of order.slice(0, count)) {
            const { namespace = "", name, uid } = pod.metadata;
            await this.client.remove("pods", namespace, name, { uid });
            this.pods.learn((await this.client.get<Pod>("pods", namespace, name)) ?? pod);
            this.tell(set, "Normal", "SuccessfulDelete", `Deleted pod: ${name}`);
        }
    }

    private async tellStatus(
        set: ReplicaSet,
        pods: readonly Pod[],
        refusal: unknown,
    ): Promise<void> {
        const active = pods.filter(isActive);
        const ready = active.filter(isReady).length;
        const terminating = pods.filter(
            ({ metadata, status }) =>
                metadata.deletionTimestamp !== undefined && !isOver(status?.phase),
        ).length;
        const { namespace = "", name, generation = 1 } = set.metadata;
        const failure = {
            type: "ReplicaFailure",
            status: "True",
            lastTransitionTime: timestamp(this.clock),
            reason: "FailedCreate",
            message: refusal instanceof Error ? refusal.message : "",
        };
        const status: Status = {
            replicas: active.length,
            fullyLabeledReplicas: active.length,
            readyReplicas: ready,
            availableReplicas: ready,
            terminatingReplicas: terminating,
            observedGeneration: generation,
            conditions: refusal === undefined ? [] : [failure],
        };
        const before = this.sets.get(namespace, name)?.status ?? {};
        const changes = Object.entries(status).filter(
            ([key, value]) => !same(before[key as keyof Status], value),
        );
        if (changes.length > 0) {
            const patch = changes.map(([key, value]) => [
                key,
                isNothing(key, value) ? null : value,
            ]);
            const now = await this.client.patch<ReplicaSet>(
                "replicasets",
                namespace,
                name,
                { status: Object.fromEntries(patch) as object },
                "status",
            );
            this.sets.learn(now);
        }
    }

    private tell(
        set: ReplicaSet,
        type: "Normal" | "Warning",
        reason: string,
        message: string,
    ): void {
        this.recorder.tell(
            { ...set, kind: "ReplicaSet", apiVersion: "apps/v1" },
            { type, reason, message },
        );
    }
}

/** True while a pod counts. */
function isActive({ metadata, status }: Pod): boolean {
    return metadata.deletionTimestamp === undefined && !isOver(status?.phase);
}

function isOver(phase: string | undefined): boolean {
    return phase === "Succeeded" || phase === "Failed";
}

function isReady({ status }: Pod): boolean {
    return (
        status?.conditions?.some(({ type, status: is }) => type === "Ready" && is === "True") ===
        true
    );
}

// Kubernetes leaves these out when they are 0.
function isNothing(key: string, value: unknown): boolean {
    const optional = ["readyReplicas", "availableReplicas", "fullyLabeledReplicas"];
    return (optional.includes(key) && value === 0) || (Array.isArray(value) && value.length === 0);
}

function same(before: unknown, now: unknown): boolean {
    const nothing = (value: unknown) =>
        value === undefined || value === 0 || (Array.isArray(value) && value.length === 0);
    if (Array.isArray(before) && Array.isArray(now)) {
        const [one, other] = [before, now] as { message?: string }[][];
        return one?.[0]?.message === other?.[0]?.message;
    }
    return before === now || (nothing(before) && nothing(now));
}
