import type { SimClock } from "../clock";
import { ApiFailure } from "./client";

// A controller's queue waits so long before it repeats what failed, and doubles that up to the most.
const FIRST_PAUSE = 50;
const LONGEST_PAUSE = 30_000;

/**
 * A controller's queue: brings one object after the other to where it should be. An object that changes meanwhile is
 * looked at once more; one that cannot be handled now is tried again later.
 */
export class Worker {
    private readonly waiting = new Set<string>();
    private readonly failures = new Map<string, number>();
    private running = false;

    constructor(
        private readonly clock: SimClock,
        private readonly signal: AbortSignal,
        private readonly handle: (key: string) => Promise<void>,
    ) {}

    /** Has an object looked at as soon as possible. */
    add(key: string): void {
        if (this.signal.aborted) {
            return;
        }
        this.waiting.add(key);
        if (!this.running) {
            this.running = true;
            void this.clock.work(this.run());
        }
    }

    /** Has an object looked at after so many milliseconds. */
    addAfter(key: string, milliseconds: number): void {
        void this.clock.sleep(milliseconds, this.signal).then(
            () => {
                this.add(key);
            },
            () => undefined,
        );
    }

    private async run(): Promise<void> {
        // Events that come together are seen together.
        await Promise.resolve();
        for (;;) {
            const [key] = this.waiting;
            if (key === undefined || this.signal.aborted) {
                this.running = false;
                return;
            }
            this.waiting.delete(key);
            await this.once(key);
        }
    }

    private async once(key: string): Promise<void> {
        try {
            await this.handle(key);
            this.failures.delete(key);
        } catch (error) {
            if (!(error instanceof ApiFailure) && !this.signal.aborted) {
                process.emitWarning(`a controller of the simulator: ${String(error)}`);
            }
            // The API answered with an error, or not at all: controllers come back, however often it takes.
            const failures = this.failures.get(key) ?? 0;
            this.failures.set(key, failures + 1);
            this.addAfter(key, Math.min(FIRST_PAUSE * 2 ** failures, LONGEST_PAUSE));
        }
    }
}
