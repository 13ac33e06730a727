import { setMaxListeners } from "node:events";

import { reasonOf } from "../../cluster/clock";

/**
 * Tasks that live and die together: the first to finish or fail settles the outcome, the others
 * are aborted, and nothing runs any more when the outcome is known.
 */
export class Scope<T> {
    private readonly controller = new AbortController();
    private readonly tasks: Promise<void>[] = [];
    private readonly settled: Promise<T>;
    private resolve: (value: T) => void = () => undefined;
    private reject: (error: Error) => void = () => undefined;

    constructor(private readonly parent?: AbortSignal) {
        this.settled = new Promise<T>((resolve, reject) => {
            this.resolve = resolve;
            this.reject = reject;
        });
        // Every request and every pause of every task listens to it.
        setMaxListeners(0, this.controller.signal);
        // Whoever awaits outcome() sees the error; until then it is not "unhandled".
        this.settled.catch(() => undefined);
        if (parent?.aborted === true) {
            this.parentAborted();
        }
        parent?.addEventListener("abort", this.parentAborted, { once: true });
    }

    /** Aborted as soon as the outcome is settled. */
    get signal(): AbortSignal {
        return this.controller.signal;
    }

    /** Runs a task beside the others; what it throws fails them all. */
    run(task: (signal: AbortSignal) => Promise<void>): void {
        this.tasks.push(
            task(this.signal).catch((error: unknown) => {
                this.fail(error instanceof Error ? error : new Error(String(error)));
            }),
        );
    }

    /** Settles the outcome, unless it is already settled. */
    finish(value: T): void {
        this.resolve(value);
        this.controller.abort(new Error("already finished"));
    }

    /** Fails the outcome, unless it is already settled. */
    fail(error: Error): void {
        this.reject(error);
        this.controller.abort(error);
    }

    /** The outcome, once every task has ended. */
    async outcome(): Promise<T> {
        try {
            return await this.settled;
        } finally {
            this.parent?.removeEventListener("abort", this.parentAborted);
            // A task may have started another one while it was ending.
            for (let seen = -1; seen !== this.tasks.length;) {
                seen = this.tasks.length;
                await Promise.allSettled(this.tasks);
            }
        }
    }

    private readonly parentAborted = () => {
        this.fail(reasonOf(this.parent));
    };
}
