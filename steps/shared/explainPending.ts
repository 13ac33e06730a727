import * as z from "zod";

import { Cluster, paths, withQuery } from "../../cluster/cluster";
import {
    Build,
    buildSchema,
    ClusterEvent,
    ContainerStatus,
    eventSchema,
    listSchema,
    Pod,
    podSchema,
} from "../../cluster/objects";

// These only say that the usual is under way.
const USUAL = ["PodInitializing", "ContainerCreating"];

/** Why something waits. */
export interface Waiting {
    reason: string;
    /** True when it waits for its turn, not for something that is missing. */
    inTurn: boolean;
}

/** Why a pod does not run, from its conditions, its containers and its events. */
export function podWaitsFor(pod: Pod, events: readonly ClusterEvent[]): string | undefined {
    const unscheduled = pod.status.conditions.find(
        ({ type, status }) => type === "PodScheduled" && status === "False",
    );
    if (unscheduled !== undefined) {
        return joined(unscheduled.reason ?? "Unschedulable", unscheduled.message);
    }
    const containers = [...pod.status.initContainerStatuses, ...pod.status.containerStatuses];
    const waiting = containers.map(waitingReason).find((reason) => reason !== undefined);
    return waiting ?? latestWarning(events);
}

/** The newest warning among events, as text. */
export function latestWarning(events: readonly ClusterEvent[]): string | undefined {
    const time = (event: ClusterEvent) =>
        event.lastTimestamp ?? event.eventTime ?? event.metadata.creationTimestamp ?? "";
    const [newest] = events
        .filter(({ type }) => type === "Warning")
        .sort((one, other) => time(other).localeCompare(time(one)));
    return newest === undefined ? undefined : joined(newest.reason ?? "Warning", newest.message);
}

/** Why a Build is not running yet, from everything that was found about it. */
export function buildWaitsFor(
    build: Build,
    pod: Pod | undefined,
    events: readonly ClusterEvent[],
    others: readonly Build[],
): Waiting {
    const { reason, message } = build.status;
    const own = reason === undefined ? message : joined(reason, message);
    const fromPod = pod === undefined ? latestWarning(events) : podWaitsFor(pod, events);
    const found = own ?? fromPod;
    if (found !== undefined) {
        return { reason: found, inTurn: false };
    }
    const before = others.find(
        (other) =>
            other.metadata.name !== build.metadata.name && isActive(other) && isOlder(other, build),
    );
    if (pod === undefined && before !== undefined) {
        const { phase } = before.status;
        return {
            reason: `waits for build ${before.metadata.name} (${phase}) of the same BuildConfig`,
            inTurn: phase === "Running",
        };
    }
    return { reason: "its pod is being created", inTurn: false };
}

/** True while a Build has not ended. */
export function isActive(build: Build): boolean {
    return ["New", "Pending", "Running"].includes(build.status.phase);
}

/** The pod in which a Build runs. */
export function podNameOf(build: Build): string {
    return (
        build.metadata.annotations["openshift.io/build.pod-name"] ?? `${build.metadata.name}-build`
    );
}

/** Asks the cluster why a Build is not running yet; what may not be read is left out. */
export async function findWhatBuildWaitsFor(
    cluster: Cluster,
    namespace: string,
    build: Build,
    signal: AbortSignal,
): Promise<Waiting> {
    const podName = podNameOf(build);
    const read = <S extends z.ZodType>(path: string, schema: S) =>
        readOr(cluster, path, schema, signal);
    const readEvents = (kind: string, name: string) =>
        findEvents(cluster, namespace, kind, name, signal);
    const siblings = withQuery(paths.builds(namespace), {
        labelSelector: `buildconfig=${build.metadata.labels["buildconfig"] ?? ""}`,
    });
    const pod = await read(paths.pod(namespace, podName), podSchema);
    if (pod !== undefined) {
        const saysEnough = hasBegun(pod) || podWaitsFor(pod, []) !== undefined;
        const events = saysEnough ? [] : await readEvents("Pod", podName);
        return buildWaitsFor(build, pod, events, []);
    }
    const [podEvents, buildEvents, others] = await Promise.all([
        readEvents("Pod", podName),
        readEvents("Build", build.metadata.name),
        build.status.phase === "New" ? read(siblings, listSchema(buildSchema)) : undefined,
    ]);
    return buildWaitsFor(build, undefined, [...podEvents, ...buildEvents], others?.items ?? []);
}

/**
 * Whether one of a pod's containers has run: its mounts and images are there, and its events say nothing new. To ask for
 * them makes the API server read every event of the namespace, and many builds ask at a time.
 */
function hasBegun({ status }: Pod): boolean {
    return [...status.initContainerStatuses, ...status.containerStatuses].some(
        ({ state }) => state?.running !== undefined || state?.terminated !== undefined,
    );
}

/** The events about an object; none if they may not be read. */
export async function findEvents(
    cluster: Cluster,
    namespace: string,
    kind: string,
    name: string,
    signal: AbortSignal,
): Promise<ClusterEvent[]> {
    const path = paths.events(namespace, kind, name);
    return (await readOr(cluster, path, listSchema(eventSchema), signal))?.items ?? [];
}

async function readOr<S extends z.ZodType>(
    cluster: Cluster,
    path: string,
    schema: S,
    signal: AbortSignal,
): Promise<z.infer<S> | undefined> {
    try {
        return schema.parse(await cluster.get(path, signal));
    } catch {
        // An explanation is worth having, but never worth failing for.
        signal.throwIfAborted();
        return undefined;
    }
}

function waitingReason(container: ContainerStatus): string | undefined {
    const waiting = container.state?.waiting;
    if (waiting?.reason === undefined || USUAL.includes(waiting.reason)) {
        return undefined;
    }
    return joined(waiting.reason, waiting.message);
}

function isOlder(one: Build, other: Build): boolean {
    return (one.metadata.creationTimestamp ?? "") <= (other.metadata.creationTimestamp ?? "");
}

function joined(reason: string, message: string | undefined): string {
    return message === undefined || message === "" ? reason : `${reason}: ${message}`;
}
