import type { SimClock } from "../clock";
import type { Client } from "./client";
import { type Informer, keyOf } from "./informer";
import { controllerOf, ownedBy } from "./owners";
import type { Recorder } from "./recorder";
import { conditionsOf } from "./deploymentConditions";
import {
    bounds,
    forgotten,
    isOf,
    replicaSetOf,
    REVISION,
    totalsOf,
    withCondition,
} from "./rollouts";
import { timestamp } from "./time";
import { Worker } from "./worker";
import type { Deployment, DeploymentStatus, ReplicaSet } from "./workloads";

/** The Deployment controller: replaces one ReplicaSet by another, as its strategy has it. Order and words of Kubernetes 1.36. */
export class DeploymentController {
    private readonly worker: Worker;

    constructor(
        private readonly client: Client,
        private readonly clock: SimClock,
        private readonly recorder: Recorder,
        private readonly deployments: Informer<Deployment>,
        private readonly sets: Informer<ReplicaSet>,
        signal: AbortSignal,
    ) {
        this.worker = new Worker(clock, signal, (key) => this.sync(key));
    }

    /** Begins. */
    start(): void {
        this.deployments.listen((now) => {
            if (now !== undefined) {
                this.worker.add(keyOf(now));
            }
        });
        this.sets.listen((now, before) => {
            const set = now ?? before;
            const owner = set && controllerOf(set, "Deployment");
            if (set !== undefined && owner !== undefined) {
                this.worker.add(`${set.metadata.namespace ?? ""}/${owner.name}`);
            }
        });
    }

    private async sync(key: string): Promise<void> {
        const [namespace = "", name = ""] = key.split("/");
        const deployment = this.deployments.get(namespace, name);
        if (deployment === undefined) {
            return;
        }
        const sets = () => this.sets.all(namespace).filter((set) => ownedBy(set, deployment));
        const newest = sets().find((set) => isOf(deployment.spec.template, set));
        if (
            deployment.metadata.deletionTimestamp !== undefined ||
            deployment.spec.paused === true
        ) {
            await this.tellStatus(deployment, sets(), newest);
            return;
        }
        if (
            newest === undefined ||
            newest.metadata.annotations?.[REVISION] !== this.revision(sets(), newest)
        ) {
            await this.newSet(deployment, sets(), newest);
            return;
        }
        // Its status tells what was before this, as the cluster's does.
        const now = sets();
        if (!(await this.scaleUp(deployment, now, newest))) {
            await this.scaleDown(deployment, now, newest);
        }
        await this.tellStatus(
            deployment,
            now,
            now.find((set) => ownedBy(set, deployment) && set.metadata.uid === newest.metadata.uid),
        );
        for (const { metadata } of forgotten(deployment, now, newest)) {
            const { namespace: of = "", name: set, uid } = metadata;
            await this.client.remove("replicasets", of, set, { uid });
        }
    }

    /** The number that the newest ReplicaSet has, or gets. */
    private revision(sets: readonly ReplicaSet[], newest: ReplicaSet | undefined): string {
        const of = (set: ReplicaSet) => Number(set.metadata.annotations?.[REVISION] ?? 0);
        const others = sets.filter((set) => set !== newest).map(of);
        const highest = Math.max(0, ...others);
        const own = newest === undefined ? 0 : of(newest);
        return String(own > highest ? own : highest + 1);
    }

    private async newSet(
        deployment: Deployment,
        sets: readonly ReplicaSet[],
        found: ReplicaSet | undefined,
    ): Promise<void> {
        const { namespace = "", annotations } = deployment.metadata;
        const { replicas = 1, strategy } = deployment.spec;
        const revision = this.revision(sets, found);
        const others = sets.filter((set) => set !== found && (set.spec.replicas ?? 0) > 0);
        if (strategy?.type === "Recreate" && others.length > 0) {
            await this.scaleDown(deployment, sets, found);
            return;
        }
        const { surge } = bounds(deployment);
        const total = others.reduce((sum, set) => sum + (set.spec.replicas ?? 0), 0);
        const wanted =
            strategy?.type === "Recreate" ? replicas : Math.min(replicas, replicas + surge - total);
        const told = {
            ...annotations,
            "deployment.kubernetes.io/desired-replicas": String(replicas),
            "deployment.kubernetes.io/max-replicas": String(
                replicas + (strategy?.type === "Recreate" ? 0 : surge),
            ),
            [REVISION]: revision,
        };
        if (found === undefined) {
            const body = replicaSetOf(deployment, wanted, told);
            const set = await this.client.create<ReplicaSet>("replicasets", namespace, body);
            this.sets.learn(set);
            this.tell(deployment, `Scaled up replica set ${set.metadata.name} from 0 to ${wanted}`);
            await this.newRevision(
                deployment,
                revision,
                "NewReplicaSetCreated",
                `Created new replica set "${set.metadata.name}"`,
            );
            return;
        }
        const patch = { metadata: { annotations: told } };
        this.sets.learn(
            await this.client.patch<ReplicaSet>(
                "replicasets",
                namespace,
                found.metadata.name,
                patch,
            ),
        );
        await this.newRevision(
            deployment,
            revision,
            "FoundNewReplicaSet",
            `Found new replica set "${found.metadata.name}"`,
        );
    }

    private async newRevision(
        deployment: Deployment,
        revision: string,
        reason: string,
        message: string,
    ): Promise<void> {
        const { namespace = "", name } = deployment.metadata;
        const conditions = withCondition(
            deployment.status?.conditions ?? [],
            { type: "Progressing", status: "True", reason, message },
            timestamp(this.clock),
        );
        const patch = { status: { conditions } };
        this.deployments.learn(
            await this.client.patch<Deployment>("deployments", namespace, name, patch, "status"),
        );
        const annotated = { metadata: { annotations: { [REVISION]: revision } } };
        this.deployments.learn(
            await this.client.patch<Deployment>("deployments", namespace, name, annotated),
        );
        this.worker.add(keyOf(deployment));
    }

    private async scaleUp(
        deployment: Deployment,
        sets: readonly ReplicaSet[],
        newest: ReplicaSet,
    ): Promise<boolean> {
        const { replicas = 1, strategy } = deployment.spec;
        const now = newest.spec.replicas ?? 0;
        const total = sets.reduce((sum, set) => sum + (set.spec.replicas ?? 0), 0);
        const room =
            strategy?.type === "Recreate" ? replicas : replicas + bounds(deployment).surge - total;
        const wanted =
            now > replicas ? replicas : now + Math.min(replicas - now, Math.max(0, room));
        return this.scale(deployment, newest, wanted);
    }

    private async scaleDown(
        deployment: Deployment,
        sets: readonly ReplicaSet[],
        newest: ReplicaSet | undefined,
    ): Promise<void> {
        const { replicas = 1, strategy } = deployment.spec;
        const old = sets.filter(
            (set) => set.metadata.uid !== newest?.metadata.uid && (set.spec.replicas ?? 0) > 0,
        );
        if (strategy?.type === "Recreate") {
            for (const set of old) {
                await this.scale(deployment, set, 0);
            }
            return;
        }
        const minimum = replicas - bounds(deployment).unavailable;
        const total = sets.reduce((sum, set) => sum + (set.spec.replicas ?? 0), 0);
        const unready = (newest?.spec.replicas ?? 0) - (newest?.status?.availableReplicas ?? 0);
        let spare = total - minimum - unready;
        // Pods that do not serve go first, then those that do while enough others serve.
        for (const set of old) {
            const unhealthy = Math.min(
                (set.spec.replicas ?? 0) - (set.status?.availableReplicas ?? 0),
                spare,
            );
            if (
                unhealthy > 0 &&
                (await this.scale(deployment, set, (set.spec.replicas ?? 0) - unhealthy))
            ) {
                spare -= unhealthy;
            }
        }
        const serving = sets.reduce((sum, set) => sum + (set.status?.availableReplicas ?? 0), 0);
        let extra = Math.min(serving - minimum, spare);
        for (const { metadata } of old) {
            const set = this.sets.get(metadata.namespace ?? "", metadata.name);
            const less = Math.min(set?.spec.replicas ?? 0, extra);
            if (set !== undefined && less > 0) {
                await this.scale(deployment, set, (set.spec.replicas ?? 0) - less);
                extra -= less;
            }
        }
    }

    private async scale(deployment: Deployment, set: ReplicaSet, wanted: number): Promise<boolean> {
        const { namespace = "", name } = set.metadata;
        const now = set.spec.replicas ?? 0;
        if (wanted === now) {
            return false;
        }
        const patch = { spec: { replicas: wanted } };
        this.sets.learn(await this.client.patch<ReplicaSet>("replicasets", namespace, name, patch));
        this.tell(
            deployment,
            `Scaled ${wanted > now ? "up" : "down"} replica set ${name} from ${now} to ${wanted}`,
        );
        return true;
    }

    private async tellStatus(
        deployment: Deployment,
        sets: readonly ReplicaSet[],
        newest: ReplicaSet | undefined,
    ): Promise<void> {
        const { namespace = "", name } = deployment.metadata;
        const before = this.deployments.get(namespace, name)?.status ?? {};
        const totals = totalsOf(deployment, sets, newest);
        const conditions = conditionsOf(this.clock, deployment, before, totals, sets, newest);
        const changes = Object.entries({ ...totals, conditions }).filter(([key, value]) => {
            const known = before[key as keyof DeploymentStatus];
            return Array.isArray(value)
                ? JSON.stringify(known ?? []) !== JSON.stringify(value)
                : (known ?? 0) !== value;
        });
        if (changes.some(([key]) => key === "conditions")) {
            // Looked at again when its rollout has taken too long.
            const { progressDeadlineSeconds = 600 } = deployment.spec;
            this.worker.addAfter(keyOf(deployment), progressDeadlineSeconds * 1_000 + 1_000);
        }
        const kept = ["terminatingReplicas", "observedGeneration"];
        if (changes.length > 0) {
            const patch = changes.map(([key, value]) => [
                key,
                value === 0 && !kept.includes(key) ? null : value,
            ]);
            const body = { status: Object.fromEntries(patch) as object };
            this.deployments.learn(
                await this.client.patch<Deployment>("deployments", namespace, name, body, "status"),
            );
        }
    }

    private tell(deployment: Deployment, message: string): void {
        this.recorder.tell(
            { ...deployment, kind: "Deployment", apiVersion: "apps/v1" },
            { type: "Normal", reason: "ScalingReplicaSet", message },
        );
    }
}
