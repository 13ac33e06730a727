import type { SimClock } from "../clock";
import { buildConfigMaps, buildPod, buildPodName, outputReference } from "./buildPod";
import {
    completion,
    intoPhase,
    isOver,
    logSnippet,
    WHY,
    type Why,
    whyPodFailed,
} from "./buildPhases";
import { isItsTurn, pruneBuilds } from "./buildTurns";
import { type Client, isConflict } from "./client";
import { type Informer, keyOf } from "./informer";
import type { Pod } from "./objects";
import { controllerOf, ownedBy } from "./owners";
import type { Recorder } from "./recorder";
import { Worker } from "./worker";
import type { Build, BuildConfig, BuildStatus, ImageStream, ServiceAccount } from "./workloads";

const POD_NAME = "openshift.io/build.pod-name";
// A pod that the quota refuses is asked for again after so long.
const REFUSED_PAUSE = 30_000;

/** OpenShift's build controller: each Build's pod, phase, and end. Order and words of OpenShift 4.22. */
export class BuildController {
    private readonly worker: Worker;

    constructor(
        private readonly client: Client,
        private readonly clock: SimClock,
        private readonly recorder: Recorder,
        private readonly known: {
            readonly builds: Informer<Build>;
            readonly buildConfigs: Informer<BuildConfig>;
            readonly pods: Informer<Pod>;
            readonly streams: Informer<ImageStream>;
            readonly accounts: Informer<ServiceAccount>;
        },
        signal: AbortSignal,
    ) {
        this.worker = new Worker(clock, signal, (key) => this.sync(key));
    }

    /** Begins. */
    start(): void {
        const { builds, pods, streams } = this.known;
        builds.listen((now, before) => {
            if (now !== undefined) {
                this.worker.add(keyOf(now));
            }
            const ended =
                now === undefined || (isOver(now) && before !== undefined && !isOver(before));
            if (ended) {
                this.wake((now ?? before)?.metadata.namespace);
            }
        });
        pods.listen((now, before) => {
            const pod = now ?? before;
            const owner = pod && controllerOf(pod, "Build");
            if (pod !== undefined && owner !== undefined) {
                this.worker.add(`${pod.metadata.namespace ?? ""}/${owner.name}`);
            }
        });
        streams.listen((now) => {
            this.wake(now?.metadata.namespace);
        });
    }

    private wake(namespace: string | undefined): void {
        for (const build of this.known.builds.all(namespace)) {
            if (build.status.phase === "New") {
                this.worker.add(keyOf(build));
            }
        }
    }

    private async sync(key: string): Promise<void> {
        const [namespace = "", name = ""] = key.split("/");
        const build = await this.client.get<Build>("builds", namespace, name);
        if (build === undefined || build.metadata.deletionTimestamp !== undefined) {
            return;
        }
        const found = this.known.pods.get(namespace, buildPodName(build));
        const pod = found !== undefined && ownedBy(found, build) ? found : undefined;
        if (build.status.cancelled === true && !isOver(build)) {
            await this.cancel(build, pod);
        } else if (isOver(build)) {
            await this.complete(build, pod);
        } else if (build.status.phase === "New") {
            await this.begin(build);
        } else {
            await this.follow(build, pod);
        }
    }

    private async begin(build: Build): Promise<void> {
        const { namespace = "", name } = build.metadata;
        if (!(await isItsTurn(this.client, this.known.builds, build))) {
            return;
        }
        const { to } = build.spec.output;
        const stream = to?.name.split(":")[0] ?? "";
        if (
            to?.kind === "ImageStreamTag" &&
            this.known.streams.get(to.namespace ?? namespace, stream) === undefined
        ) {
            if (build.status.reason !== WHY.noOutput.reason) {
                await this.write(build, { ...WHY.noOutput });
            }
            return;
        }
        const pushSecret = build.spec.output.pushSecret?.name ?? this.dockercfgOf(build);
        try {
            const pod = await this.client.create<Pod>(
                "pods",
                namespace,
                buildPod(build, pushSecret),
            );
            this.known.pods.learn(pod);
            for (const { name: map, data } of buildConfigMaps(build)) {
                const owner = {
                    apiVersion: "v1",
                    kind: "Pod",
                    name: pod.metadata.name,
                    uid: pod.metadata.uid,
                };
                const metadata = { name: map, namespace, ownerReferences: [owner] };
                await this.client.create("configmaps", namespace, {
                    apiVersion: "v1",
                    kind: "ConfigMap",
                    metadata,
                    data,
                });
            }
        } catch (error) {
            if (!isConflict(error)) {
                await this.refused(build, error);
                return;
            }
        }
        // The metadata and the spec change with the status: OpenShift writes all in one.
        const output =
            pushSecret === undefined ? {} : { output: { pushSecret: { name: pushSecret } } };
        await this.client.patch("builds", namespace, name, {
            metadata: { annotations: { [POD_NAME]: buildPodName(build) } },
            spec: output,
            status: {
                ...intoPhase(build, "Pending", this.clock),
                reason: null,
                message: null,
                outputDockerImageReference: outputReference(build),
            },
        });
    }

    private async refused(build: Build, error: unknown): Promise<void> {
        const words = error instanceof Error ? error.message : String(error);
        const message = `Failed creating build pod: ${words}`;
        if (build.status.message !== message) {
            await this.write(build, { reason: "CannotCreateBuildPod", message });
        }
        this.worker.addAfter(keyOf(build), REFUSED_PAUSE);
    }

    private async follow(build: Build, pod: Pod | undefined): Promise<void> {
        if (pod === undefined) {
            // The watch of the pods may be behind the Build's.
            const { namespace = "" } = build.metadata;
            const there = await this.client.get<Pod>("pods", namespace, buildPodName(build));
            if (there === undefined) {
                await this.end(build, "Error", WHY.podDeleted, undefined);
            } else {
                this.known.pods.learn(there);
            }
            return;
        }
        const { phase, initContainerStatuses = [] } = pod.status ?? {};
        const fetches = initContainerStatuses.some(
            ({ name, state }) => name === "git-clone" && state.running !== undefined,
        );
        if (phase === "Succeeded") {
            await this.end(build, "Complete", undefined, undefined);
        } else if (phase === "Failed") {
            if (pod.metadata.deletionTimestamp !== undefined) {
                await this.end(build, "Error", WHY.podDeleted, pod);
            } else {
                await this.end(build, "Failed", whyPodFailed(pod), pod);
            }
        } else if (build.status.phase === "Pending" && (phase === "Running" || fetches)) {
            await this.write(build, {
                ...intoPhase(build, "Running", this.clock),
                startTimestamp: pod.status?.startTime ?? build.metadata.creationTimestamp,
            });
            this.tell(build, "BuildStarted", "is now running");
        }
    }

    private async end(
        build: Build,
        phase: string,
        why: Why | undefined,
        pod: Pod | undefined,
    ): Promise<void> {
        const snippet = pod && logSnippet(pod);
        await this.write(build, {
            ...intoPhase(build, phase, this.clock, why),
            ...completion(build, this.clock),
            ...(snippet === undefined ? {} : { logSnippet: snippet }),
        });
        this.ended(phase, build);
        await pruneBuilds(this.client, this.known, build);
    }

    /** What is left to say of a Build whose end its builder has told, or that was cancelled. */
    private async complete(build: Build, pod: Pod | undefined): Promise<void> {
        const { phase, completionTimestamp, logSnippet: told, reason } = build.status;
        if (completionTimestamp === undefined) {
            await this.write(build, completion(build, this.clock));
            this.ended(phase, build);
        }
        if (phase === "Failed" && pod?.status?.phase === "Failed" && told === undefined) {
            const snippet = logSnippet(pod);
            const why = whyPodFailed(pod);
            const memory = why === WHY.outOfMemory && reason !== why.reason;
            if (snippet !== undefined || memory) {
                await this.write(build, {
                    ...(memory ? intoPhase(build, "Failed", this.clock, why) : {}),
                    ...(snippet === undefined ? {} : { logSnippet: snippet }),
                });
            }
        }
        await pruneBuilds(this.client, this.known, build);
    }

    private async cancel(build: Build, pod: Pod | undefined): Promise<void> {
        if (pod !== undefined && pod.metadata.deletionTimestamp === undefined) {
            const { namespace = "", name, uid } = pod.metadata;
            await this.client.remove("pods", namespace, name, { uid });
        }
        await this.write(build, {
            ...intoPhase(build, "Cancelled", this.clock, WHY.cancelled),
            ...completion(build, this.clock),
        });
        this.ended("Cancelled", build);
        await pruneBuilds(this.client, this.known, build);
    }

    private dockercfgOf(build: Build): string | undefined {
        const { namespace = "" } = build.metadata;
        const account = this.known.accounts.get(namespace, build.spec.serviceAccount ?? "builder");
        return account?.imagePullSecrets
            ?.map(({ name }) => name)
            .find((name) => name.includes("-dockercfg-"));
    }

    private async write(
        build: Build,
        status: Partial<Record<keyof BuildStatus, unknown>>,
    ): Promise<void> {
        const { namespace = "", name } = build.metadata;
        await this.client.patch("builds", namespace, name, { status });
    }

    private ended(phase: string, build: Build): void {
        if (phase === "Complete") {
            this.tell(build, "BuildCompleted", "completed successfully");
        } else if (phase === "Cancelled") {
            this.tell(build, "BuildCancelled", "has been cancelled");
        } else {
            this.tell(build, "BuildFailed", "failed");
        }
    }

    private tell(build: Build, reason: string, words: string): void {
        const { namespace = "", name } = build.metadata;
        this.recorder.tell(
            { ...build, kind: "Build", apiVersion: "build.openshift.io/v1" },
            { type: "Normal", reason, message: `Build ${namespace}/${name} ${words}` },
        );
    }
}
