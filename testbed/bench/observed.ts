import { z } from "zod";

import { Watch } from "./watch";
import type { Seen } from "./watch";

const Build = z.object({
    metadata: z.object({ name: z.string() }),
    status: z.object({
        phase: z.string().default("New"),
        stages: z
            .array(
                z.object({
                    name: z.string(),
                    startTime: z.string(),
                    durationMilliseconds: z.number().default(0),
                }),
            )
            .nullish(),
        output: z
            .object({ to: z.object({ imageDigest: z.string().optional() }).optional() })
            .optional(),
    }),
});

const Deployment = z.object({
    metadata: z.object({ name: z.string(), generation: z.number() }),
    spec: z.object({ replicas: z.number() }),
    status: z.object({
        observedGeneration: z.number().default(0),
        replicas: z.number().default(0),
        updatedReplicas: z.number().default(0),
        availableReplicas: z.number().default(0),
    }),
});

/** When a Build did what, in milliseconds since 1970 as the watch heard of it. */
export interface ObservedBuild {
    readonly build: string;
    readonly created: number;
    readonly started: number;
    readonly completed: number;
    readonly stages: readonly {
        readonly name: string;
        readonly seconds: number;
        /** The second in which it began. */
        readonly second: number;
    }[];
    readonly digest: string;
}

/** From a Deployment's new specification to the moment when all of its pods are new and available. */
export interface ObservedRollout {
    readonly deployment: string;
    readonly from: number;
    readonly to: number;
}

type BuildState = z.output<typeof Build>;
type DeploymentState = z.output<typeof Deployment>;

/** Follows the Builds and the Deployments of one namespace. */
export class Observer {
    private constructor(
        private readonly builds: Watch<BuildState>,
        private readonly deployments: Watch<DeploymentState>,
    ) {}

    static async start(namespace: string): Promise<Observer> {
        const path = (group: string, kind: string) =>
            `/apis/${group}/v1/namespaces/${namespace}/${kind}`;
        return new Observer(
            await Watch.start(path("build.openshift.io", "builds"), Build),
            await Watch.start(path("apps", "deployments"), Deployment),
        );
    }

    /** Builds that were created at or after a moment and are complete. */
    buildsSince(moment: number): ObservedBuild[] {
        return observedBuilds(this.builds.seen, moment);
    }

    /** Rollouts that began at or after a moment and are complete. */
    rolloutsSince(moment: number): ObservedRollout[] {
        return observedRollouts(this.deployments.seen, moment);
    }

    stop(): void {
        this.builds.stop();
        this.deployments.stop();
    }
}

/** What a watch's states say about the Builds that were first heard of at or after a moment. */
export function observedBuilds(seen: readonly Seen<BuildState>[], moment: number): ObservedBuild[] {
    return [...grouped(seen).entries()].flatMap(([build, states]) => {
        const [first] = states;
        const last = states.at(-1)?.object.status;
        const started = states.find(({ object }) => object.status.phase === "Running");
        const completed = states.find(({ object }) => object.status.phase === "Complete");
        if (first === undefined || first.at < moment || completed === undefined) {
            return [];
        }
        const stages = (last?.stages ?? []).map(({ name, startTime, durationMilliseconds }) => ({
            name,
            seconds: durationMilliseconds / 1000,
            second: Date.parse(startTime),
        }));
        const digest = last?.output?.to?.imageDigest ?? "";
        const times = { created: first.at, started: (started ?? completed).at };
        return [{ build, ...times, completed: completed.at, stages, digest }];
    });
}

/** What a watch's states say about the last rollout of each Deployment that got a new specification since a moment. */
export function observedRollouts(
    seen: readonly Seen<DeploymentState>[],
    moment: number,
): ObservedRollout[] {
    return [...grouped(seen).entries()].flatMap(([deployment, states]) => {
        const before = states.filter(({ at }) => at < moment).at(-1)?.object.metadata.generation;
        const after = states.filter(({ at }) => at >= moment);
        const changed = after.find(({ object }) => object.metadata.generation > (before ?? 0));
        const done = after.find(
            ({ at, object }) => changed !== undefined && at >= changed.at && isDone(object),
        );
        return changed === undefined || done === undefined
            ? []
            : [{ deployment, from: changed.at, to: done.at }];
    });
}

function isDone({ metadata, spec, status }: DeploymentState): boolean {
    const { replicas, updatedReplicas, availableReplicas } = status;
    return (
        status.observedGeneration >= metadata.generation &&
        [replicas, updatedReplicas, availableReplicas].every((it) => it === spec.replicas)
    );
}

function grouped<T extends { metadata: { name: string } }>(
    seen: readonly Seen<T>[],
): Map<string, Seen<T>[]> {
    const groups = new Map<string, Seen<T>[]>();
    for (const state of seen) {
        const { name } = state.object.metadata;
        groups.set(name, [...(groups.get(name) ?? []), state]);
    }
    return groups;
}
