/** Time as the programs see it, so that tests need not wait. */
export interface Clock {
    /** Milliseconds since some fixed moment; never goes back. */
    now(): number;
    /** Milliseconds since 1970 by the machine's clock; it may be another than the cluster's, and can be set. */
    date(): number;
    /** Resolves after so many milliseconds; rejects with the signal's reason when it is aborted. */
    sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
}

/** The machine's own clock. */
export const systemClock: Clock = {
    now: () => performance.now(),
    date: () => Date.now(),
    sleep: (milliseconds, signal) =>
        new Promise((resolve, reject) => {
            const abort = () => {
                clearTimeout(timer);
                reject(reasonOf(signal));
            };
            const timer = setTimeout(() => {
                signal?.removeEventListener("abort", abort);
                resolve();
            }, milliseconds);
            if (signal?.aborted === true) {
                abort();
            }
            signal?.addEventListener("abort", abort, { once: true });
        }),
};

/** Why a signal was aborted, always as an Error. */
export function reasonOf(signal: AbortSignal | undefined): Error {
    const reason: unknown = signal?.reason;
    return reason instanceof Error ? reason : new Error("aborted");
}

/** Whole seconds as people read them: `12 s`. */
export function inSeconds(milliseconds: number): string {
    return `${Math.round(milliseconds / 1000)} s`;
}
