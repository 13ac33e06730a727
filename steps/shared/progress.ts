import { Clock, inSeconds } from "../../cluster/clock";
import { printable, shorten } from "../../cluster/printable";

const LINE_CHARACTERS = 180;
const STEP_BYTES = 2600;
const MILESTONE_BYTES = 1100;

/** Where a line of progress goes. */
export type Reporter = (line: string) => void;

/**
 * Progress of one image: short lines, few of them. Pulumi keeps all of it in its state, so their
 * total is bounded: when steps have used up their share, only milestones are still reported.
 */
export class Progress {
    private readonly started: number;
    private readonly left = { step: STEP_BYTES, milestone: MILESTONE_BYTES };
    private last = "";

    constructor(
        private readonly subject: string,
        private readonly report: Reporter,
        private readonly clock: Clock,
    ) {
        this.started = clock.now();
    }

    /** Milliseconds since the start. */
    elapsed(): number {
        return this.clock.now() - this.started;
    }

    /** Something of which there may be many. */
    step(text: string): void {
        this.write(text, "step");
    }

    /** Something of which there are few, and which must not be lost. */
    milestone(text: string): void {
        this.write(text, "milestone");
    }

    private write(text: string, importance: "step" | "milestone"): void {
        const line = shorten(
            `${this.subject}  ${printable(text, LINE_CHARACTERS)}`,
            LINE_CHARACTERS,
        );
        if (line === this.last) {
            return;
        }
        this.last = line;
        const timed = `${line}  ${inSeconds(this.elapsed())}`;
        this.left[importance] -= Buffer.byteLength(timed) + 1;
        if (this.left[importance] >= 0) {
            this.report(timed);
        }
    }
}
