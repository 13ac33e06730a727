import { setImmediate } from "node:timers/promises";

/** Fails also for an output that failed while nobody waited for it, as the Pulumi CLI does. */
export async function withoutStrays<T>(work: () => Promise<T>): Promise<T> {
    const strays: unknown[] = [];
    const keep = (reason: unknown) => strays.push(reason);
    process.on("unhandledRejection", keep);
    try {
        const value = await work();
        // Node tells of them between two turns of its loop.
        await setImmediate();
        if (strays.length > 0) {
            throw strays[0];
        }
        return value;
    } finally {
        process.removeListener("unhandledRejection", keep);
    }
}
