import { hostname } from "node:os";

import { judge, type Lock, locksOf, releaseLock } from "./locks";
import { endOrphans } from "./orphans";
import type { Place } from "./place";
import { readProcess } from "./processes";
import { StackError } from "./pulumi";
import { restoreState } from "./unreadableState";

/**
 * Clears away what a run that was killed has left: its lock, its plugins, and a state that it could not write to the end.
 * A run that goes on, or that another machine began, is never touched. `say` is told everything that was done.
 */
export async function recover(place: Place, say: (text: string) => void): Promise<void> {
    const locks = locksOf(place.backend, place.project, place.stack);
    const judged = locks.map((lock) => ({ lock, verdict: judge(lock, hostname(), readProcess) }));
    const held = judged.find(({ verdict }) => verdict !== "stale");
    if (held !== undefined) {
        throw new StackError(heldBy(held.lock, held.verdict === "elsewhere", place.stack));
    }
    for (const { lock } of judged) {
        releaseLock(lock);
        say(`the run of ${describe(lock)} is gone, its lock was left: released`);
    }
    restoreState(place, say);
    for (const { pid, command } of await endOrphans()) {
        say(`ended process ${pid}, which it had left: ${command.slice(0, 2).join(" ")}`);
    }
}

function heldBy(lock: Lock, elsewhere: boolean, stack: string): string {
    const next = elsewhere
        ? `Next: see whether it still runs there; only if it does not: pulumi cancel --yes --stack ${stack}`
        : `Next: wait for it, or end it with: kill -INT ${lock.pid}`;
    return `stack ${stack} is being changed by ${describe(lock)}. ${next}`;
}

function describe({ username, hostname: host, pid, timestamp }: Lock): string {
    return `${username}@${host} (pulumi, process ${pid}, since ${timestamp.slice(0, 19)}Z)`;
}
