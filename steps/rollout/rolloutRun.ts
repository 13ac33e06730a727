import { Clock } from "../../cluster/clock";
import { Cluster, paths, withQuery } from "../../cluster/cluster";
import { type ApplicationPod, applicationPodSchema, crashOf, hasBegun } from "./crashes";
import {
    type Deployment,
    deploymentSchema,
    isObserved,
    isRolledOut,
    newestReplicaSet,
    podHash,
    refusedPods,
    refusedSince,
    type ReplicaSet,
    replicaSetSchema,
    servingPods,
} from "./deployment";
import { listSchema } from "../../cluster/objects";
import { inVainNow } from "../shared/inVain";
import type { Progress } from "../shared/progress";
import { deploymentDeleted, rolloutCrashed, rolloutInVain, rolloutTooLate } from "./rolloutFailure";
import { findWhatPodWaitsFor } from "./podWaits";
import type { RolloutRequest } from "./rolloutRequest";
import type { Scope } from "../shared/scope";
import { watchObjects } from "../../cluster/watchObjects";

// How often it is asked why a pod does not run, as for builds.
const INTERVAL = 5_000;
// Younger than that, a refusal is of this update. Longer than two looks, shorter than anybody needs to mend its cause.
const FRESH = 30_000;
const RESOURCES = "multiarch:images[].application.resources (requests and limits)";
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
                    `${servingPods(change.object)} of ${spec.replicas} pods serve`,
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
        throw await rolloutTooLate(
            this.request,
            refused,
            this.newPods(),
            this.cluster,
            this.clock,
            signal,
        );
    }

    /** Watches the pods: the crash of a new one is told at once, with its log when it is not the only one. */
    private async watchPods({ spec }: Deployment, signal: AbortSignal): Promise<void> {
        const { cluster, clock, request } = this;
        const selector = selectorOf(spec);
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
                await this.seePods(signal);
            }
        }
    }

    private async seePods(signal: AbortSignal): Promise<void> {
        if (this.newPods().length === 0 && this.deployment !== undefined) {
            // The pods of a newer template, or the first look.
            this.hash = podHash(await this.newest(this.deployment, signal));
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
                    this.clock,
                    signal,
                );
            }
        }
    }

    /**
     * Says why the new pods do not run, and fails where no waiting helps: a pod of the newest template is refused, or
     * lacks what is not there.
     */
    async explain(signal: AbortSignal): Promise<void> {
        const { clock, cluster, progress, request } = this;
        let before: string | undefined;
        for (;;) {
            await clock.sleep(INTERVAL, signal);
            const reason = await this.findWhy(signal);
            if (reason === undefined) {
                before = undefined;
                continue;
            }
            progress.step(reason);
            const vain = await inVainNow(reason, RESOURCES, cluster, request.namespace, signal);
            // Seen twice: what is made beside the Deployment may come a moment later.
            if (vain !== undefined && vain.advice === before) {
                throw rolloutInVain(request, reason, vain.advice);
            }
            before = vain?.advice;
        }
    }

    /** Why a pod of the newest template is not created, or does not run; undefined when nothing is known to be missing. */
    private async findWhy(signal: AbortSignal): Promise<string | undefined> {
        const { cluster, deployment, request } = this;
        if (deployment === undefined) {
            return undefined;
        }
        if (refusedPods(deployment) !== undefined) {
            const newest = await this.newest(deployment, signal);
            const since = (newest && refusedSince(newest)) ?? this.clock.date();
            // What was said before this run may be mended since: the controller tries again after minutes.
            return newest && this.clock.date() - since < FRESH ? refusedPods(newest) : undefined;
        }
        const pod = this.newPods().find(({ status }) => !hasBegun(status));
        return pod && (await findWhatPodWaitsFor(cluster, request.namespace, pod, signal));
    }

    private async newest(
        deployment: Deployment,
        signal: AbortSignal,
    ): Promise<ReplicaSet | undefined> {
        const path = withQuery(
            paths.replicaSets(this.request.namespace),
            selectorOf(deployment.spec),
        );
        const list = listSchema(replicaSetSchema).parse(await this.cluster.get(path, signal));
        return newestReplicaSet(deployment, list.items);
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

function selectorOf({ selector }: Deployment["spec"]): { labelSelector: string } {
    const labels = Object.entries(selector.matchLabels);
    return { labelSelector: labels.map((pair) => pair.join("=")).join(",") };
}
