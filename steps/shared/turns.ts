import { reasonOf } from "../../cluster/clock";
import type { Reporter } from "./progress";

/** Lets so many do something at a time; the others wait in the order in which they came. */
export class Turns {
    private running = 0;
    private readonly waiting: (() => void)[] = [];

    constructor(private readonly limit: number) {}

    /** Runs `work` when it is its turn; rejects with the signal's reason when aborted while it waits. */
    async take<T>(work: () => Promise<T>, report: Reporter, signal: AbortSignal): Promise<T> {
        if (this.running >= this.limit) {
            report(
                `waits for its turn: no more builds at a time than multiarch:build.maxConcurrent, ${this.limit}`,
            );
            await this.turn(signal);
        } else {
            this.running += 1;
        }
        try {
            return await work();
        } finally {
            // The next one takes this place; the number of those that run stays.
            const next = this.waiting.shift();
            if (next === undefined) {
                this.running -= 1;
            } else {
                next();
            }
        }
    }

    private turn(signal: AbortSignal): Promise<void> {
        return new Promise((resolve, reject) => {
            const start = () => {
                signal.removeEventListener("abort", leave);
                resolve();
            };
            const leave = () => {
                const place = this.waiting.indexOf(start);
                if (place >= 0) {
                    this.waiting.splice(place, 1);
                    reject(reasonOf(signal));
                }
            };
            this.waiting.push(start);
            if (signal.aborted) {
                leave();
            }
            signal.addEventListener("abort", leave, { once: true });
        });
    }
}
