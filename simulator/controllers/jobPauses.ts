import type { SimClock } from "../clock";
import { TAKES } from "./time";

/** How long Jobs wait after failed pods: twice as long after each one. */
export class JobPauses {
    // Failed pods one after the other, and when the last of them was counted.
    private readonly failures = new Map<string, { count: number; at: number }>();

    constructor(private readonly clock: SimClock) {}

    /** Notes how many of a Job's pods have ended how. */
    note(job: string, failed: number, succeeded: number): void {
        if (succeeded > 0) {
            this.failures.delete(job);
        } else if (failed > 0) {
            const count = (this.failures.get(job)?.count ?? 0) + failed;
            this.failures.set(job, { count, at: this.clock.now() });
        }
    }

    /** Milliseconds until a Job's next pod may start. */
    left(job: string): number {
        const failures = this.failures.get(job);
        if (failures === undefined) {
            return 0;
        }
        const pause = Math.min(
            TAKES.jobBackOff * 2 ** (failures.count - 1),
            TAKES.jobBackOffLongest,
        );
        // Counted from the pod's end, about a second before it was seen.
        return failures.at + pause - TAKES.jobSync - this.clock.now();
    }

    /** A Job that is gone. */
    forget(job: string): void {
        this.failures.delete(job);
    }
}
