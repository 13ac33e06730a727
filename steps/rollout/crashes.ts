import * as z from "zod";

import { Cluster, paths } from "../../cluster/cluster";
import type { Clock } from "../../cluster/clock";
import { isRemoved } from "../shared/removedLog";
import { LogTail } from "../shared/tailLog";

/** Milliseconds that the end of a log may take. */
const LOG_LIMIT = 10_000;

const terminated = z.object({
    reason: z.string().optional(),
    exitCode: z.number().optional(),
});
const state = z.object({
    waiting: z.object({ reason: z.string().optional() }).optional(),
    running: z.object({}).optional(),
    terminated: terminated.optional(),
});

/** What of a pod of an application tells how it fares. */
export const applicationPodSchema = z.object({
    metadata: z.object({
        name: z.string().regex(/^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/),
        labels: z.record(z.string(), z.string()).default({}),
        deletionTimestamp: z.string().optional(),
    }),
    status: z.object({
        containerStatuses: z
            .array(
                z.object({
                    name: z.string(),
                    ready: z.boolean().default(false),
                    restartCount: z.number().default(0),
                    state: state.optional(),
                    lastState: state.optional(),
                }),
            )
            .default([]),
    }),
});
export type ApplicationPod = z.infer<typeof applicationPodSchema>;

/** Whether one of a pod's containers has run: from then on it lacks nothing that a container is made of. */
export function hasBegun({ containerStatuses }: ApplicationPod["status"]): boolean {
    return containerStatuses.some(
        ({ restartCount, state, lastState }) =>
            restartCount > 0 ||
            state?.running !== undefined ||
            state?.terminated !== undefined ||
            lastState?.terminated !== undefined,
    );
}

/** The end of a container that should have gone on. */
export interface Crash {
    readonly pod: string;
    readonly container: string;
    /** How many there were in this pod. */
    readonly count: number;
    /** `Error, exit code 3`. */
    readonly ending: string;
    /** Whether its log is the last but one's: the container has been started again. */
    readonly previous: boolean;
}

/** The last crash of a pod, if one of its containers has crashed. */
export function crashOf({ metadata, status }: ApplicationPod): Crash | undefined {
    for (const { name, restartCount, state, lastState } of status.containerStatuses) {
        const now = state?.terminated;
        const end = now ?? lastState?.terminated;
        if (end !== undefined) {
            const { reason = "ended", exitCode } = end;
            return {
                pod: metadata.name,
                container: name,
                count: restartCount + (now === undefined ? 0 : 1),
                ending: `${reason}, exit code ${exitCode ?? "unknown"}`,
                previous: now === undefined && state?.waiting === undefined,
            };
        }
    }
    return undefined;
}

/**
 * The last lines of a container's log, printable; none where it cannot be read. Asks for no more than can be shown, and
 * for {@link LOG_LIMIT} at most: a log may be endless, and a stream may stall. Where the kubelet has removed the
 * container meanwhile, the one before or after it is asked for.
 */
export async function lastLines(
    cluster: Cluster,
    namespace: string,
    { pod, container, previous }: Pick<Crash, "pod" | "container" | "previous">,
    clock: Clock,
    signal: AbortSignal,
): Promise<string[]> {
    const path = paths.podLog(namespace, pod, container, false);
    const limits = "&tailLines=40&limitBytes=1000000";
    for (const before of [previous, !previous]) {
        const whole = `${path}${limits}${before ? "&previous=true" : ""}`;
        const lines = await readLog(cluster, whole, clock, signal);
        if (!isRemoved(lines)) {
            return lines;
        }
    }
    return ["(the kubelet has removed the container, and its log with it)"];
}

async function readLog(
    cluster: Cluster,
    path: string,
    clock: Clock,
    signal: AbortSignal,
): Promise<string[]> {
    const tail = new LogTail((line) => line);
    const over = new AbortController();
    const until = AbortSignal.any([signal, over.signal]);
    const limit = clock.sleep(LOG_LIMIT, until).then(
        () => {
            over.abort(new Error("the log took too long"));
        },
        () => undefined,
    );
    try {
        for await (const bytes of cluster.streamLog(path, until)) {
            tail.push(bytes);
        }
    } catch {
        // A log is worth showing, but never worth failing for.
        signal.throwIfAborted();
    } finally {
        over.abort(new Error("the log was read"));
        await limit;
    }
    tail.end();
    return tail.lines();
}
