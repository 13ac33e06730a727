import { cpus } from "node:os";

import { z } from "zod";

import { run, succeeded } from "../e2e/run";

/** Share of the machine's CPU time that may be in use. With 52 pods of a bed that does nothing, a tenth to a fifth is. */
export const BUSY = 0.3;

/** Seconds that are waited for quiet at the most. */
const LIMIT = 60;

/** What goes on in the cluster and on the machine. */
export interface Look {
    /** Share of the CPUs' time that was in use for a second. */
    busy(): Promise<number>;
    /** Names of pods that are ending or not running yet. */
    changing(): Promise<string[]>;
    /** Seconds since any moment. */
    now(): number;
}

/**
 * Waits until nothing goes on that an earlier side or round has begun, such as old pods that end: it would count as
 * time of the side that is measured next. Returns after 60 s whatever goes on, and says what does.
 */
export async function untilQuiet(look: Look, say: (text: string) => void): Promise<void> {
    const limit = look.now() + LIMIT;
    for (;;) {
        const busy = await look.busy();
        // Asked second, as the question itself keeps a CPU busy.
        const why = busy > BUSY ? `CPUs are ${percent(busy)} busy` : changes(await look.changing());
        if (why === undefined) {
            return;
        }
        if (look.now() >= limit) {
            say(`not quiet within ${LIMIT} s, measured all the same: ${why}`);
            return;
        }
    }
}

function percent(share: number): string {
    return `${Math.round(share * 100)} %`;
}

function changes(pods: readonly string[]): string | undefined {
    return pods.length === 0 ? undefined : `pods come or go: ${pods.join(", ")}`;
}

/** Looks at this machine and at the pods of these namespaces. */
export function lookAt(namespaces: readonly string[]): Look {
    return {
        busy: async () => {
            const before = cpuTimes();
            await new Promise((resolve) => setTimeout(resolve, 1000));
            return busyShare(before, cpuTimes());
        },
        changing: async () => {
            const lists = await Promise.all(
                namespaces.map((it) => run(["oc", "-n", it, "get", "pods", "-o", "json"])),
            );
            return lists.flatMap((list) => changingPods(succeeded(list)));
        },
        now: () => performance.now() / 1000,
    };
}

/** Time of all CPUs since the machine's start, in milliseconds. */
export interface CpuTimes {
    readonly idle: number;
    readonly all: number;
}

function cpuTimes(): CpuTimes {
    const times = cpus().map((it) => it.times);
    const sum = (values: readonly number[]) => values.reduce((one, other) => one + other, 0);
    return {
        idle: sum(times.map(({ idle }) => idle)),
        all: sum(times.flatMap((it) => Object.values(it))),
    };
}

/** Share of the CPUs' time that was in use between two looks. */
export function busyShare(before: CpuTimes, after: CpuTimes): number {
    const all = after.all - before.all;
    return all === 0 ? 0 : 1 - (after.idle - before.idle) / all;
}

const podList = z.object({
    items: z.array(
        z.object({
            metadata: z.object({ name: z.string(), deletionTimestamp: z.string().optional() }),
            status: z.object({ phase: z.string() }),
        }),
    ),
});

/** Names of pods that are ending or not running yet, from `oc get pods -o json`. */
export function changingPods(text: string): string[] {
    return podList
        .parse(JSON.parse(text))
        .items.filter(
            ({ metadata, status }) =>
                metadata.deletionTimestamp !== undefined || status.phase === "Pending",
        )
        .map(({ metadata }) => metadata.name);
}
