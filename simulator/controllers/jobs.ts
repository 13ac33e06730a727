import type { SimClock } from "../clock";
import { type Client, isGone } from "./client";
import { type Informer, keyOf } from "./informer";
import { hasFailed, isActive, isOver, isReady, labelsOf, uids } from "./jobPods";
import {
    announcedEnd,
    endOf,
    isFinished,
    type JobEnd,
    lifeLeft,
    ruling,
    suspension,
    withEnd,
} from "./jobRules";
import type { Job, JobStatus } from "./jobObjects";
import type { Pod } from "./objects";
import { JobPauses } from "./jobPauses";
import { statusChanges } from "./jobStatus";
import { controllerOf, ownedBy, ownerReference, podFrom } from "./owners";
import type { Recorder } from "./recorder";
import { seconds, TAKES } from "./time";
import { Worker } from "./worker";

const FINALIZER = "batch.kubernetes.io/job-tracking";

/** The Job controller: starts pods until enough have succeeded or too many have failed. Order and words of Kubernetes 1.36. */
export class JobController {
    private readonly worker: Worker;
    private readonly pauses: JobPauses;

    constructor(
        private readonly client: Client,
        private readonly clock: SimClock,
        private readonly recorder: Recorder,
        private readonly jobs: Informer<Job>,
        private readonly pods: Informer<Pod>,
        signal: AbortSignal,
    ) {
        this.pauses = new JobPauses(clock);
        this.worker = new Worker(clock, signal, (key) => this.sync(key));
    }

    /** Begins. */
    start(): void {
        this.jobs.listen((now) => {
            if (now !== undefined) {
                this.worker.add(keyOf(now));
            }
        });
        this.pods.listen((now, before) => {
            const pod = now ?? before;
            const owner = pod && controllerOf(pod, "Job");
            if (pod !== undefined && owner !== undefined) {
                const key = `${pod.metadata.namespace ?? ""}/${owner.name}`;
                // What pods go through is collected for a second.
                this.worker.addAfter(key, TAKES.jobSync);
            }
        });
    }

    private async sync(key: string): Promise<void> {
        const [namespace = "", name = ""] = key.split("/");
        const job = await this.client.get<Job>("jobs", namespace, name);
        const all = this.pods
            .all(namespace)
            .filter((pod) => controllerOf(pod, "Job")?.name === name);
        const orphans = all.filter((pod) => job === undefined || !ownedBy(pod, job));
        await this.letGo(orphans);
        if (job === undefined) {
            this.pauses.forget(key);
            return;
        }
        const pods = all.filter((pod) => ownedBy(pod, job));
        if (job.metadata.deletionTimestamp !== undefined) {
            await this.letGo(pods);
        } else if (isFinished(job)) {
            await this.letGo(pods.filter(isOver));
            await this.expire(job);
        } else if (job.spec.suspend === true) {
            await this.suspend(job, pods);
        } else {
            await this.step(job, pods);
        }
    }

    private async step(job: Job, pods: readonly Pod[]): Promise<void> {
        const { status = {}, spec } = job;
        const startTime = status.startTime ?? seconds(this.clock.now());
        const uncounted = status.uncountedTerminatedPods ?? {};
        const known = new Set([...(uncounted.succeeded ?? []), ...(uncounted.failed ?? [])]);
        const fresh = pods.filter(
            ({ metadata }) =>
                metadata.finalizers?.includes(FINALIZER) === true && !known.has(metadata.uid),
        );
        const succeeded = fresh.filter(({ status: is }) => is?.phase === "Succeeded");
        const failed = fresh.filter((pod) => hasFailed(pod));
        const rulings = failed.map((pod) => ruling(job, pod));
        const counting = failed.filter((_, at) => rulings[at] !== "Ignore");
        const active = pods.filter((pod) => isActive(pod));
        const terminating = pods.filter((pod) => !isOver(pod) && !isActive(pod)).length;
        const now = {
            succeeded: [...(uncounted.succeeded ?? []), ...uids(succeeded)],
            failed: [...(uncounted.failed ?? []), ...uids(counting)],
        };
        const age = this.clock.now() - Date.parse(startTime);
        const end =
            announcedEnd(job) ??
            endOf(job, {
                succeeded: (status.succeeded ?? 0) + now.succeeded.length,
                failed: (status.failed ?? 0) + now.failed.length,
                age,
                ruled: rulings.find((it) => typeof it === "object")?.fail,
            });
        if (end !== undefined) {
            await this.remove(active);
        }
        const left = end === undefined ? active : [];
        const counts = {
            active: left.length,
            ready: left.filter(isReady).length,
            terminating: terminating + active.length - left.length,
        };
        if (succeeded.length + failed.length > 0 || known.size > 0 || end !== undefined) {
            this.pauses.note(keyOf(job), counting.length, succeeded.length);
            await this.count(
                job,
                { startTime, ...counts, uncountedTerminatedPods: now },
                end,
                fresh.filter((pod) => succeeded.includes(pod) || failed.includes(pod)),
            );
            // What still ends tells of itself.
            if (counts.terminating === 0) {
                this.worker.addAfter(keyOf(job), 0);
            }
            return;
        }
        const wanted = Math.min(
            spec.parallelism ?? 1,
            (spec.completions ?? 1) - (status.succeeded ?? 0),
        );
        const missing = Math.max(0, wanted - left.length);
        const pause = this.pauses.left(keyOf(job));
        if (missing > 0 && pause > 0) {
            this.worker.addAfter(keyOf(job), pause);
        }
        const created = missing > 0 && pause <= 0 ? await this.create(job, missing) : 0;
        await this.write(job, {
            startTime,
            active: counts.active + created,
            terminating: counts.terminating,
            uncountedTerminatedPods: {},
            ready: counts.ready,
        });
        if (spec.activeDeadlineSeconds !== undefined && created > 0) {
            this.worker.addAfter(keyOf(job), spec.activeDeadlineSeconds * 1_000 - age);
        }
    }

    /** Counts ended pods in three steps, so that none is counted twice: their names, their finalizers, their number. */
    private async count(
        job: Job,
        status: JobStatus,
        end: JobEnd | undefined,
        ended: readonly Pod[],
    ): Promise<void> {
        const before = job.status ?? {};
        const announced =
            end === undefined
                ? []
                : withEnd(before.conditions, end, end.first, seconds(this.clock.now()));
        await this.write(job, { ...status, ...(end && { conditions: announced }) });
        await this.letGo(ended);
        const succeeded =
            (before.succeeded ?? 0) + (status.uncountedTerminatedPods?.succeeded?.length ?? 0);
        const failed = (before.failed ?? 0) + (status.uncountedTerminatedPods?.failed?.length ?? 0);
        // A Job has ended only when its pods have.
        const over = end !== undefined && (status.terminating ?? 0) === 0;
        await this.write(job, {
            uncountedTerminatedPods: {},
            ...(succeeded > 0 && { succeeded }),
            ...(failed > 0 && { failed }),
            ...(over && {
                conditions: withEnd(announced, end, end.last, seconds(this.clock.now())),
                ...(end.last === "Complete" && { completionTime: seconds(this.clock.now()) }),
            }),
        });
        if (over) {
            const words =
                end.last === "Complete"
                    ? ({ type: "Normal", reason: "Completed", message: "Job completed" } as const)
                    : ({ type: "Warning", reason: end.reason, message: end.message } as const);
            this.tell(job, words);
        }
    }

    private async create(job: Job, count: number): Promise<number> {
        const reference = ownerReference("batch/v1", "Job", job);
        const { namespace = "" } = job.metadata;
        for (let created = 0; created < count; created++) {
            try {
                const body = podFrom(job.spec.template, job, reference, {
                    labels: labelsOf(job),
                    finalizers: [FINALIZER],
                });
                const pod = await this.client.create<Pod>("pods", namespace, body);
                this.pods.learn(pod);
                this.tell(job, {
                    type: "Normal",
                    reason: "SuccessfulCreate",
                    message: `Created pod: ${pod.metadata.name}`,
                });
            } catch (error) {
                const words = error instanceof Error ? error.message : String(error);
                this.tell(job, {
                    type: "Warning",
                    reason: "FailedCreate",
                    message: `Error creating: ${words}`,
                });
                throw error;
            }
        }
        return count;
    }

    private async suspend(job: Job, pods: readonly Pod[]): Promise<void> {
        await this.remove(pods.filter(isActive));
        const now = seconds(this.clock.now());
        if (job.status?.conditions?.some(({ type }) => type === "Suspended") !== true) {
            await this.write(job, {
                active: 0,
                ready: 0,
                conditions: [...(job.status?.conditions ?? []), suspension(now)],
            });
            this.tell(job, { type: "Normal", reason: "Suspended", message: "Job suspended" });
        }
    }

    private async expire(job: Job): Promise<void> {
        const left = lifeLeft(job, this.clock.now());
        if (left === undefined) {
            return;
        }
        if (left > 0) {
            this.worker.addAfter(keyOf(job), left);
            return;
        }
        const { namespace = "", name, uid } = job.metadata;
        await this.client.remove("jobs", namespace, name, { uid, propagationPolicy: "Foreground" });
    }

    private async write(job: Job, status: JobStatus): Promise<void> {
        const { namespace = "", name } = job.metadata;
        const before = (await this.client.get<Job>("jobs", namespace, name))?.status ?? {};
        const changes = statusChanges(before, status);
        if (changes !== undefined) {
            await this.client.patch("jobs", namespace, name, { status: changes }, "status");
        }
    }

    private async letGo(pods: readonly Pod[]): Promise<void> {
        for (const { metadata } of pods) {
            if (metadata.finalizers?.includes(FINALIZER) === true) {
                const finalizers = metadata.finalizers.filter((it) => it !== FINALIZER);
                const patch = {
                    metadata: { finalizers: finalizers.length > 0 ? finalizers : null },
                };
                try {
                    this.pods.learn(
                        await this.client.patch<Pod>(
                            "pods",
                            metadata.namespace ?? "",
                            metadata.name,
                            patch,
                        ),
                    );
                } catch (error) {
                    if (!isGone(error)) {
                        throw error;
                    }
                }
            }
        }
    }

    private async remove(pods: readonly Pod[]): Promise<void> {
        for (const { metadata } of pods) {
            await this.client.remove("pods", metadata.namespace ?? "", metadata.name, {
                uid: metadata.uid,
            });
        }
    }

    private tell(job: Job, words: Parameters<Recorder["tell"]>[1]): void {
        this.recorder.tell({ ...job, kind: "Job", apiVersion: "batch/v1" }, words);
    }
}
