import { Clock } from "../../cluster/clock";
import { Cluster, paths, withQuery } from "../../cluster/cluster";
import { type ApplicationPod, applicationPodSchema, crashOf } from "./crashes";
import {
    type Deployment,
    deploymentSchema,
    isObserved,
    isRolledOut,
    newestHash,
    refusedPods,
    replicaSetSchema,
} from "./deployment";
import { listSchema } from "../../cluster/objects";
import type { Progress } from "../shared/progress";
import { deploymentDeleted, rolloutCrashed, rolloutTooLate } from "./rolloutFailure";
import type { RolloutRequest } from "./rolloutRequest";
import type { Scope } from "../shared/scope";
import { watchObjects } from "../../cluster/watchObjects";

/** Crashes of one pod after which waiting is given up: the kubelet has tried it twice again by then. */
const CRASHES = 3;

/** Follows the pods of a Deployment's newest template until they serve, or crash. */
export class RolloutRun {
    private deployment: Deployment | undefined;
    private hash: string | undefined;
    private readonly pods = new Map<string, ApplicationPod>();
    /** Crashes of each pod that were there at the first look, or were reported since. */
    private readonly known = new Map<string, { first: number; last: number }>();

    constructor(
        private readonly request: RolloutRequest,
        private readonly cluster: Cluster,
        private readonly clock: Clock,
        private readonly progress: Progress,
        private readonly scope: Scope<number>,
    ) {}

    /** Watches the Deployment until its newest template serves alone. */
    async watchDeployment(signal: AbortSignal): Promise<void> {
        const { namespace, deployment, generation } = this.request;
        const collection = paths.deployments(namespace);
        const selector = { fieldSelector: `metadata.name=${deployment}` };
        const { cluster, clock } = this;
        const changes = watchObjects(
            cluster,
            collection,
            selector,
            deploymentSchema,
            clock,
            signal,
        );
        let follows = false;
        for await (const change of changes) {
            if (change.kind === "gone" || (change.kind === "listed" && change.count === 0)) {
                throw deploymentDeleted(this.request);
            }
            if (change.kind !== "present" || !isObserved(change.object, generation)) {
                continue;
            }
            this.deployment = change.object;
            const { status, spec } = change.object;
            if (isRolledOut(change.object)) {
                this.progress.milestone(`rolled out: ${status.availableReplicas} pods serve`);
                this.scope.finish(status.availableReplicas);
                return;
            }
            this.progress.step(
                refusedPods(change.object) ??
                    `${Math.min(status.updatedReplicas, status.availableReplicas)} of ${spec.replicas} pods serve`,
            );
            if (!follows) {
                follows = true;
                this.scope.run((s) => this.watchPods(change.object, s));
            }
        }
    }

    /** Rejects: the time is over. */
    async tooLate(signal: AbortSignal): Promise<never> {
        const refused = this.deployment && refusedPods(this.deployment);
        throw await rolloutTooLate(this.request, refused, this.newPods(), this.cluster, signal);
    }

    /** Watches the pods: the crash of a new one is told at once, with its log when it is not the only one. */
    private async watchPods({ spec }: Deployment, signal: AbortSignal): Promise<void> {
        const { cluster, clock, request } = this;
        const labels = Object.entries(spec.selector.matchLabels);
        const selector = { labelSelector: labels.map((pair) => pair.join("=")).join(",") };
        const collection = paths.pods(request.namespace);
        const pods = watchObjects(
            cluster,
            collection,
            selector,
            applicationPodSchema,
            clock,
            signal,
        );
        for await (const change of pods) {
            if (change.kind === "gone") {
                this.pods.delete(change.name);
            } else if (change.kind === "present") {
                this.pods.set(change.object.metadata.name, change.object);
                await this.seePods(selector, signal);
            }
        }
    }

    private async seePods(selector: { labelSelector: string }, signal: AbortSignal): Promise<void> {
        if (this.newPods().length === 0 && this.deployment !== undefined) {
            // The pods of a newer template, or the first look.
            const path = withQuery(paths.replicaSets(this.request.namespace), selector);
            const list = listSchema(replicaSetSchema).parse(await this.cluster.get(path, signal));
            this.hash = newestHash(this.deployment, list.items);
        }
        for (const pod of this.newPods()) {
            const crash = crashOf(pod);
            const count = crash?.count ?? 0;
            const { first, last } = this.known.get(pod.metadata.name) ?? { first: count, last: 0 };
            this.known.set(pod.metadata.name, { first, last: count });
            if (crash === undefined || count <= last) {
                continue;
            }
            this.progress.step(`pod ${crash.pod} crashed: ${crash.ending}`);
            // Pods that had crashed before this run get one more chance: what they lacked may be there now.
            if (count >= Math.max(CRASHES, first + 1)) {
                throw await rolloutCrashed(
                    this.request,
                    `failed: pod ${crash.pod} crashed ${count} times.`,
                    crash,
                    this.cluster,
                    signal,
                );
            }
        }
    }

    private newPods(): ApplicationPod[] {
        return [...this.pods.values()].filter(
            ({ metadata }) =>
                metadata.deletionTimestamp === undefined &&
                this.hash !== undefined &&
                metadata.labels["pod-template-hash"] === this.hash,
        );
    }
}
