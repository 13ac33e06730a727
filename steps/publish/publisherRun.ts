import * as z from "zod";

import { Clock } from "../../cluster/clock";
import { Cluster, paths, withQuery } from "../../cluster/cluster";
import { findWhatPublisherWaitsFor, PublisherWaiting } from "./explainPublisher";
import { Job, jobSchema, listSchema, Pod, podSchema } from "../../cluster/objects";
import { shortDigest } from "../../cluster/printable";
import { inVainNow } from "../shared/inVain";
import type { Progress } from "../shared/progress";
import { failedPublisher, missingJob, refusedPublisher, wrongContents } from "./publishFailure";
import type { PublishRequest } from "./publishRequest";
import { BadEvent, Published, PublisherEvent } from "./publisherEvents";
import { PublisherPod } from "./publisherPod";
import { annotate, digestAnnotation, isLive, publisherSelector } from "./publisherPods";
import type { Scope } from "../shared/scope";
import { watchObjects } from "../../cluster/watchObjects";

const INTERVAL = 5_000;
const HOPELESS_FOR = 60_000;
const RESOURCES = "multiarch:publisher.resources (requests and limits)";

/** Follows one publisher Job, through all its pods, until one of them has published. */
export class PublisherRun {
    private readonly pods = new Map<string, PublisherPod>();
    private readonly drained = new Set<string>();
    /** Pods that this run has told to publish; what others ended with is an earlier update's word. */
    private readonly asked = new Set<string>();
    private job: Job | undefined;
    private published = false;

    constructor(
        private readonly request: PublishRequest,
        private readonly cluster: Cluster,
        private readonly clock: Clock,
        private readonly progress: Progress,
        private readonly scope: Scope<Published>,
    ) {}

    /** Watches the Job: it may be missing, foreign, or over. */
    async watchJob(signal: AbortSignal): Promise<void> {
        const { publisher } = this.request;
        const selector = { fieldSelector: `metadata.name=${publisher.job}` };
        for await (const change of this.watch("jobs", selector, jobSchema, signal)) {
            if (change.kind === "gone" || (change.kind === "listed" && change.count === 0)) {
                throw missingJob(this.request, "does not exist");
            }
            if (change.kind === "present") {
                this.job = change.object;
                const labels = this.job.spec.template.metadata?.labels ?? {};
                if (labels["multiarch/identity"] !== publisher.identity) {
                    throw missingJob(this.request, "was made for other inputs");
                }
                await this.seeEnd(this.job, signal);
            }
        }
    }

    /** Watches the Job's pods: each live one is told the digests, each one's output is read. */
    async watchPods(signal: AbortSignal): Promise<void> {
        const selector = { labelSelector: publisherSelector(this.request.publisher) };
        for await (const change of this.watch("pods", selector, podSchema, signal)) {
            if (change.kind === "present") {
                await this.seePod(change.object, signal);
            }
        }
    }

    /** Says why nothing happens; fails when that will not change by waiting. */
    async explain(signal: AbortSignal): Promise<void> {
        let hopelessSince: number | undefined;
        let before: string | undefined;
        for (;;) {
            await this.clock.sleep(INTERVAL, signal);
            const waiting = await this.findWhy(signal);
            if (waiting !== undefined) {
                this.progress.step(waiting.reason);
            }
            const { cluster, request } = this;
            const vain =
                waiting &&
                (await inVainNow(waiting.reason, RESOURCES, cluster, request.namespace, signal));
            // Seen twice: what is made beside the Job may come a moment later.
            const facts = waiting && factsOf({ ...vain, ...waiting });
            // The Job's controller waits minutes between two tries: the word of its last one may be an old one.
            const now = waiting?.reason.startsWith("FailedCreate") !== true;
            if (facts !== undefined && vain !== undefined && now && vain.advice === before) {
                throw this.failure("cannot start.", facts);
            }
            before = vain?.advice;
            if (waiting?.hopeless !== true) {
                hopelessSince = undefined;
                continue;
            }
            hopelessSince ??= this.clock.now();
            if (this.clock.now() - hopelessSince >= HOPELESS_FOR) {
                throw this.failure("cannot start.", facts ?? []);
            }
        }
    }

    /** Rejects: the time is over. */
    async tooLate(signal: AbortSignal): Promise<never> {
        const waiting = await this.findWhy(signal);
        const facts = waiting === undefined ? [] : factsOf(waiting);
        throw this.failure(`did not publish within ${this.request.timeoutSeconds} s.`, facts);
    }

    private async seePod(pod: Pod, signal: AbortSignal): Promise<void> {
        const key = pod.metadata.uid ?? pod.metadata.name;
        const known = this.pods.get(key) ?? this.newPod(pod);
        this.pods.set(key, known);
        if (known.see(pod)) {
            this.progress.step(`pod ${pod.metadata.name} runs`);
            this.scope.run((s) => this.reading(known.follow(s)));
        }
        if (isLive(pod)) {
            this.asked.add(key);
            const { cluster, request } = this;
            await annotate(cluster, request.namespace, pod, this.annotations(), signal);
            return;
        }
        if (!this.drained.has(key) && pod.metadata.deletionTimestamp === undefined) {
            this.drained.add(key);
            this.scope.run(async (s) => {
                await this.reading(known.drain(s));
                if (this.published) {
                    return;
                }
                if (pod.status.phase === "Succeeded") {
                    throw this.failure("ended without saying what it published.", []);
                }
                // The Job of an update that was refused goes on: its next pod may find the cause gone.
                if (this.asked.has(key)) {
                    this.failWhereRefused(known);
                }
                const [words = ""] = known.lines().slice(-1);
                this.progress.step(`pod ${pod.metadata.name} ended: ${known.ending()}. ${words}`);
            });
        }
    }

    /** Throws where the pod ended with what no retry can change. */
    private failWhereRefused(pod: PublisherPod): void {
        const refusal = pod.refusal();
        if (refusal !== undefined) {
            const failure = refusal === "registry" ? refusedPublisher : wrongContents;
            throw failure(this.request, pod.lines());
        }
    }

    private newPod(pod: Pod): PublisherPod {
        const { namespace, digests } = this.request;
        const { cluster, clock, onEvent } = this;
        return new PublisherPod(pod, namespace, Object.keys(digests), onEvent, cluster, clock);
    }

    private async seeEnd(job: Job, signal: AbortSignal): Promise<void> {
        const ended = job.status.conditions.find(
            ({ type, status }) => (type === "Failed" || type === "Complete") && status === "True",
        );
        if (ended === undefined) {
            return;
        }
        // The watch of the pods may lag behind the Job's.
        const { namespace, publisher } = this.request;
        const labelSelector = publisherSelector(publisher);
        const path = withQuery(paths.pods(namespace), { labelSelector });
        const { items } = listSchema(podSchema).parse(await this.cluster.get(path, signal));
        for (const pod of items) {
            await this.seePod(pod, signal);
        }
        if (ended.type === "Complete") {
            if (items.length === 0 && this.pods.size === 0) {
                throw this.failure("is complete, but its pod is gone, and the digest with it.", []);
            }
            return;
        }
        for (const pod of this.pods.values()) {
            await this.reading(pod.drain(signal));
        }
        const last = this.newest();
        if (last !== undefined) {
            this.failWhereRefused(last);
        }
        const why = [ended.reason, ended.message].filter((part) => part !== undefined).join(": ");
        const ending = last?.ending() ?? "";
        throw this.failure(`failed: ${why}`, ending === "" ? [] : [`Its last pod: ${ending}`]);
    }

    private readonly onEvent = (event: PublisherEvent) => {
        if (this.published) {
            return;
        }
        if (event.event === "ready") {
            this.progress.step("ready");
        } else if (event.event === "transferred") {
            this.progress.step(`${event.architecture} transferred in ${event.seconds} s`);
        } else {
            this.published = true;
            const { digest, immutableTag, moved, ahead } = event;
            const tags = [immutableTag, ...moved].join(", ");
            this.progress.milestone(`published ${shortDigest(digest)} as ${tags}`);
            for (const [tag, other] of Object.entries(ahead)) {
                this.progress.milestone(
                    `tag ${tag} was moved by somebody else to ${other === "" ? "nothing" : other} and stays there; ${immutableTag} is kept`,
                );
            }
            this.scope.finish(event);
        }
    };

    /** A report that is none is a failure of the publisher. */
    private async reading(work: Promise<void>): Promise<void> {
        try {
            await work;
        } catch (error) {
            if (error instanceof BadEvent) {
                throw this.failure(`cannot be believed: ${error.message}`, []);
            }
            throw error;
        }
    }

    private async findWhy(signal: AbortSignal) {
        const pod = this.newest()?.current;
        if (this.job === undefined || (pod !== undefined && pod.status.phase !== "Pending")) {
            return undefined;
        }
        const { cluster, request } = this;
        return findWhatPublisherWaitsFor(cluster, request.namespace, this.job, pod, signal);
    }

    private newest(): PublisherPod | undefined {
        const created = (pod: PublisherPod) => pod.current.metadata.creationTimestamp ?? "";
        return [...this.pods.values()].sort((a, b) => created(b).localeCompare(created(a)))[0];
    }

    private failure(problem: string, facts: string[]) {
        return failedPublisher(this.request, problem, facts, this.newest()?.lines() ?? []);
    }

    private annotations(): Record<string, string> {
        const digests: Record<string, string> = {};
        for (const [architecture, digest] of Object.entries(this.request.digests)) {
            digests[digestAnnotation(architecture)] = digest;
        }
        return { ...digests, "multiarch/publish": "go" };
    }

    private watch<S extends z.ZodType<{ metadata: { name: string } }>>(
        kind: "jobs" | "pods",
        selector: { fieldSelector: string } | { labelSelector: string },
        schema: S,
        signal: AbortSignal,
    ) {
        const collection = paths[kind](this.request.namespace);
        return watchObjects(this.cluster, collection, selector, schema, this.clock, signal);
    }
}

function factsOf({ reason, advice }: PublisherWaiting): string[] {
    return [`Why it waits: ${reason}`, ...(advice === undefined ? [] : [advice])];
}
