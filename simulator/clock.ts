/** Time as the simulated cluster has it. Structurally a Clock of the program's own: it can run on the same time. */
export interface SimClock {
    /** Milliseconds since 1970. */
    now(): number;
    /** The same: a Clock of the program's own tells the two apart. */
    date(): number;
    /** Resolves after so many milliseconds; rejects with the signal's reason when it is aborted. */
    sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
    /** Counts work that is not waiting: virtual time stands still until it has ended. Returns the same promise's outcome. */
    work<T>(promise: Promise<T>): Promise<T>;
}

/** Time that passes `factor` times as fast as this machine's. */
export function scaledClock(factor = 1): SimClock {
    const start = Date.now();
    const now = () => start + (Date.now() - start) * factor;
    return {
        now,
        date: now,
        sleep: (milliseconds, signal) =>
            new Promise((resolve, reject) => {
                const end = () => {
                    signal?.removeEventListener("abort", abort);
                    resolve();
                };
                const timer = setTimeout(end, milliseconds / factor);
                const abort = () => {
                    clearTimeout(timer);
                    reject(reasonOf(signal));
                };
                if (signal?.aborted === true) {
                    abort();
                }
                signal?.addEventListener("abort", abort, { once: true });
            }),
        work: (promise) => promise,
    };
}

interface Timer {
    readonly at: number;
    readonly number: number;
    readonly end: () => void;
}

/**
 * Time that moves to the next timer as soon as nothing is left to do: hours pass in moments, and the same things happen in the
 * same order each time. It knows only of timers of its own and of work that is counted.
 */
export class VirtualClock implements SimClock {
    private timers: Timer[] = [];
    private count = 0;
    private working = 0;
    private planned = false;

    constructor(private time = Date.UTC(2026, 0, 1)) {}

    now(): number {
        return this.time;
    }

    date(): number {
        return this.time;
    }

    sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
        return new Promise((resolve, reject) => {
            if (signal?.aborted === true) {
                reject(reasonOf(signal));
                return;
            }
            const at = this.time + Math.max(0, milliseconds);
            const abort = () => {
                this.timers = this.timers.filter((it) => it !== timer);
                reject(reasonOf(signal));
            };
            const end = () => {
                signal?.removeEventListener("abort", abort);
                resolve();
            };
            const timer = { at, number: this.count++, end };
            // Few timers wait at a time: to keep them in order costs little.
            const place = this.timers.findIndex((it) => it.at > at);
            this.timers.splice(place < 0 ? this.timers.length : place, 0, timer);
            signal?.addEventListener("abort", abort, { once: true });
            this.plan();
        });
    }

    async work<T>(promise: Promise<T>): Promise<T> {
        this.working++;
        try {
            return await promise;
        } finally {
            this.working--;
            this.plan();
        }
    }

    private plan(): void {
        if (!this.planned) {
            this.planned = true;
            // By then all that follows at once from what has happened has happened.
            setImmediate(() => {
                this.planned = false;
                this.advance();
            });
        }
    }

    private advance(): void {
        if (this.working > 0) {
            return;
        }
        const next = this.timers.shift();
        if (next !== undefined) {
            this.time = next.at;
            next.end();
            this.plan();
        }
    }
}

function reasonOf(signal: AbortSignal | undefined): Error {
    const reason: unknown = signal?.reason;
    return reason instanceof Error ? reason : new Error("aborted");
}
