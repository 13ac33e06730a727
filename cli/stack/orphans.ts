import { setTimeout as sleep } from "node:timers/promises";

import { isHelper, isPulumi, type Process, processesWith } from "./processes";

/** Variable by which everything that a run starts is known as its own; its value names the run. */
export const RUN_VARIABLE = "MULTIARCH_RUN";

/** Milliseconds that a process gets to end when it was asked to. */
const PATIENCE = 3_000;

/** A process with the name of the run that it belongs to. */
export type Marked = Process & { readonly value: string };

/**
 * The helpers among the processes whose run is over: no pulumi of the same run is left, so nobody listens to them.
 * What pulumi was not seen to start for a marked run is never among them.
 */
export function orphansAmong(marked: readonly Marked[]): Marked[] {
    const live = new Set(marked.filter(isPulumi).map(({ value }) => value));
    return marked.filter((it) => isHelper(it) && !live.has(it.value));
}

/** Ends the orphans, by their ids, and returns them. */
export async function endOrphans(): Promise<Marked[]> {
    const found = orphansAmong(processesWith(RUN_VARIABLE));
    const deadline = Date.now() + PATIENCE;
    for (let left = found; left.length > 0;) {
        for (const { pid } of left) {
            signal(pid, Date.now() < deadline ? "SIGTERM" : "SIGKILL");
        }
        await sleep(100);
        // Looked for anew: an id may be another process's by now.
        const pids = new Set(found.map(({ pid }) => pid));
        left = orphansAmong(processesWith(RUN_VARIABLE)).filter(({ pid }) => pids.has(pid));
    }
    return found;
}

function signal(pid: number, name: NodeJS.Signals): void {
    try {
        process.kill(pid, name);
    } catch {
        // It ended by itself just now.
    }
}
