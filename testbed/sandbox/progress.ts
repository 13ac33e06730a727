import { setTimeout as sleep } from "node:timers/promises";

/** Seconds since a moment given in milliseconds, with one decimal. */
export function secondsSince(start: number): string {
    return ((Date.now() - start) / 1000).toFixed(1);
}

const began = Date.now();

/** Prints one line about a step to standard error, after the seconds since the program's start. */
export function say(text: string): void {
    process.stderr.write(`${secondsSince(began).padStart(6)} s  ${text}\n`);
}

/** Runs a step and prints what it was and how long it took. */
export async function step<T>(what: string, work: () => Promise<T> | T): Promise<T> {
    const start = Date.now();
    const result = await work();
    say(`${what} (${secondsSince(start)} s)`);
    return result;
}

/** What {@link until} waits for. */
export interface Condition {
    readonly what: string;
    readonly seconds: number;
    /** Throws to end the waiting at once. */
    readonly holds: () => Promise<boolean> | boolean;
    /** Explains a timeout. */
    readonly why?: () => string;
}

/** Waits until a condition holds; throws when that takes too long. */
export async function until(condition: Condition): Promise<void> {
    const end = Date.now() + condition.seconds * 1000;
    while (!(await condition.holds())) {
        if (Date.now() > end) {
            const why = condition.why?.() ?? "";
            throw new Error(
                `${condition.what}: not ready after ${condition.seconds} s${why && `\n${why}`}`,
            );
        }
        await sleep(150);
    }
}
