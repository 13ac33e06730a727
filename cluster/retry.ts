import { ApiError, isTransient } from "./apiError";
import { Clock } from "./clock";

const ATTEMPTS = 5;
const FIRST_PAUSE = 200;
const LONGEST_PAUSE = 5_000;
const LONGEST_REQUESTED_PAUSE = 30_000;

/** How long to wait after the nth failure: as the server asked, else doubling, with jitter. */
export function pauseAfter(error: unknown, failures: number, random: () => number): number {
    if (error instanceof ApiError && error.retryAfter !== undefined) {
        return Math.min(error.retryAfter, LONGEST_REQUESTED_PAUSE);
    }
    const pause = Math.min(FIRST_PAUSE * 2 ** (failures - 1), LONGEST_PAUSE);
    // Many builds meet the same overloaded server: they must not come back all at once.
    return pause * (0.5 + random() / 2);
}

/** Repeats an action that may be repeated, as long as its failure may pass; five times at most. */
export async function retrying<T>(
    action: () => Promise<T>,
    clock: Clock,
    signal: AbortSignal,
    mayRetry: (error: unknown) => boolean = isTransient,
    random: () => number = Math.random,
): Promise<T> {
    for (let failures = 1; ; failures++) {
        try {
            return await action();
        } catch (error) {
            if (signal.aborted || failures >= ATTEMPTS || !mayRetry(error)) {
                throw error;
            }
            await clock.sleep(pauseAfter(error, failures, random), signal);
        }
    }
}
