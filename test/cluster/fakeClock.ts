import { Clock, reasonOf } from "../../cluster/clock";

/** Milliseconds until a test is told that something did not happen: less than a test may take. */
const PATIENCE = 4_000;

interface Sleeper {
    until: number;
    wake: () => void;
}

/** Time that stands still until a test moves it. */
export class FakeClock implements Clock {
    private time = 0;
    private sleepers: Sleeper[] = [];

    date(): number {
        return this.time;
    }

    now(): number {
        return this.time;
    }

    sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
        return new Promise((resolve, reject) => {
            const wake = () => {
                signal?.removeEventListener("abort", abort);
                resolve();
            };
            const sleeper = { until: this.time + milliseconds, wake };
            const abort = () => {
                this.sleepers = this.sleepers.filter((other) => other !== sleeper);
                reject(reasonOf(signal));
            };
            if (signal?.aborted === true) {
                abort();
                return;
            }
            signal?.addEventListener("abort", abort, { once: true });
            this.sleepers.push(sleeper);
        });
    }

    /** How many wait for time to pass: none when nothing was left behind. */
    get waiting(): number {
        return this.sleepers.length;
    }

    /** Lets so much time pass, waking each sleeper at its own moment. */
    async advance(milliseconds: number): Promise<void> {
        const end = this.time + milliseconds;
        for (;;) {
            await settle();
            const [next] = this.sleepers
                .filter(({ until }) => until <= end)
                .sort((one, other) => one.until - other.until);
            if (next === undefined) {
                break;
            }
            this.sleepers = this.sleepers.filter((other) => other !== next);
            this.time = Math.max(this.time, next.until);
            next.wake();
        }
        this.time = end;
    }
}

/**
 * Lets everything happen that needs no time of the fake clock. Logs are really written: what happens after that would
 * come too late, and wait for a time that passes no more.
 */
export async function settle(): Promise<void> {
    const end = performance.now() + PATIENCE;
    for (let turn = 0; turn < 20; turn++) {
        await new Promise((resolve) => setImmediate(resolve));
        if (usesFiles() && performance.now() < end) {
            turn = 0;
        }
    }
}

/** Whether a file is being opened, written or closed in this process. */
function usesFiles(): boolean {
    return process.getActiveResourcesInfo().some((it) => /^(FSReq|CloseReq)/.test(it));
}

/** Waits, without sleeping, until there is something (not false). */
export async function eventually<T>(look: () => T | false | undefined, what: string): Promise<T> {
    for (const end = performance.now() + PATIENCE; performance.now() < end;) {
        const found = look();
        if (found !== undefined && found !== false) {
            return found;
        }
        await new Promise((resolve) => setImmediate(resolve));
    }
    throw new Error(`It never happened: ${what}`);
}
