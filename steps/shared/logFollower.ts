import { Clock } from "../../cluster/clock";

const PAUSE = 1_000;
const FAILURES = 10;

/** Opens a log from its beginning. */
export type OpenLog = (follow: boolean, signal: AbortSignal) => AsyncIterable<Uint8Array>;

/**
 * Brings every byte of a log to a sink exactly once, in order, whatever happens to the
 * connection: a log opened again begins at its beginning, so what is known is skipped.
 * The next bytes are only fetched when the sink has taken the last ones. A log that cannot be
 * read is no failure; what the sink throws is.
 */
export class LogFollower {
    private received = 0;
    private refusal: Error | undefined;
    private following: Promise<void> = Promise.resolve();

    constructor(
        private readonly open: OpenLog,
        private readonly sink: (bytes: Uint8Array) => Promise<void> | void,
        private readonly clock: Clock,
    ) {}

    /** Follows until the log is at its end, or `ended` says that no more can come. */
    follow(ended: () => boolean, signal: AbortSignal): Promise<void> {
        this.following = this.untilEnd(ended, signal);
        return this.following;
    }

    /**
     * Call when the writer has ended: waits for the rest, at most so many milliseconds; with
     * `again` it also reads what the connection may have swallowed.
     */
    async drain(patience: number, again: boolean, signal: AbortSignal): Promise<void> {
        const enough = new AbortController();
        const bounded = AbortSignal.any([signal, enough.signal]);
        const timer = this.clock.sleep(patience, bounded).then(
            () => {
                enough.abort(new Error("the log took too long"));
            },
            () => undefined,
        );
        const rest = this.following.then(() => (again ? this.read(false, bounded) : undefined));
        await Promise.race([rest.catch(() => undefined), timer]);
        enough.abort(new Error("drained"));
        this.throwIfRefused();
        signal.throwIfAborted();
    }

    private async untilEnd(ended: () => boolean, signal: AbortSignal): Promise<void> {
        for (let failures = 0; failures < FAILURES;) {
            const before = this.received;
            const clean = await this.read(true, signal).then(
                () => true,
                () => false,
            );
            this.throwIfRefused();
            signal.throwIfAborted();
            if (clean && (this.received > 0 || ended())) {
                return;
            }
            failures = this.received > before ? 0 : failures + 1;
            if (ended()) {
                return;
            }
            await this.clock.sleep(PAUSE, signal);
        }
    }

    private async read(follow: boolean, signal: AbortSignal): Promise<void> {
        let skip = this.received;
        for await (const chunk of this.open(follow, signal)) {
            signal.throwIfAborted();
            const fresh = chunk.subarray(Math.min(skip, chunk.length));
            skip -= chunk.length - fresh.length;
            if (fresh.length > 0) {
                // Counted first: bytes that the sink refused would be refused again.
                this.received += fresh.length;
                await this.give(fresh);
            }
        }
    }

    private async give(bytes: Uint8Array): Promise<void> {
        try {
            await this.sink(bytes);
        } catch (error) {
            this.refusal = error instanceof Error ? error : new Error(String(error));
            throw this.refusal;
        }
    }

    private throwIfRefused(): void {
        if (this.refusal !== undefined) {
            throw this.refusal;
        }
    }
}
