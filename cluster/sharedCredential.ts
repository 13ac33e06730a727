import { type ExecCredential, type ExecRun, runExecPlugin } from "./execCredential";
import { childEnvironment } from "../config/childEnvironment";
import { reasonOf } from "./clock";

/** Milliseconds before its end in which a credential is not used any more: a request takes its time. */
const EARLY = 5_000;

/** What a credential plugin gave, asked for once however many callers want it at the same time. */
export class SharedCredential {
    private known: ExecCredential | undefined;
    private asking:
        { answer: Promise<ExecCredential>; callers: number; end: AbortController } | undefined;

    constructor(private readonly environment: NodeJS.ProcessEnv) {}

    /** The next call asks the plugin again: the server refused what it gave. */
    forget(): void {
        this.known = undefined;
    }

    /** Rejects with the signal's reason once that is aborted; the plugin goes on as long as another caller waits. */
    async get(run: Omit<ExecRun, "environment">, signal: AbortSignal): Promise<ExecCredential> {
        signal.throwIfAborted();
        if (this.known !== undefined && (this.known.until ?? Infinity) - EARLY > Date.now()) {
            return this.known;
        }
        const asking = (this.asking ??= this.ask(run));
        asking.callers += 1;
        let leave: () => void = () => undefined;
        const left = new Promise<never>((_, reject) => {
            leave = () => {
                reject(reasonOf(signal));
            };
            signal.addEventListener("abort", leave, { once: true });
        });
        try {
            return await Promise.race([asking.answer, left]);
        } finally {
            signal.removeEventListener("abort", leave);
            asking.callers -= 1;
            if (asking.callers === 0) {
                asking.end.abort(new Error("nobody waits for it"));
            }
        }
    }

    private ask(run: Omit<ExecRun, "environment">) {
        const end = new AbortController();
        const environment = childEnvironment({}, this.environment);
        const answer = runExecPlugin({ ...run, environment }, end.signal)
            .then((credential) => (this.known = credential))
            .finally(() => {
                this.asking = undefined;
            });
        // A caller that left does not hear of the end any more.
        answer.catch(() => undefined);
        return { answer, callers: 0, end };
    }
}
