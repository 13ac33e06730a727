import { type ChildProcess } from "node:child_process";

import { pulumiEnvironment } from "../localStack";
import { spawnInSandbox } from "../sandbox/exec";
import { until } from "../sandbox/progress";
import { paths } from "../sandbox/settings";

/** Seconds after which a run is ended as hopeless. */
const LIMIT = 600;

/** A `pulumi` that is under way. */
export class PulumiRun {
    /** What it printed so far, on both streams. */
    text = "";
    /** Its exit code once it has ended; 128 after a signal. */
    code: number | undefined;
    readonly started = performance.now();
    private readonly child: ChildProcess;

    constructor(
        argv: readonly string[],
        backend: string,
        options: { cwd?: string; env?: NodeJS.ProcessEnv } = {},
    ) {
        this.child = spawnInSandbox(argv, {
            cwd: options.cwd ?? paths.repository,
            env: { ...pulumiEnvironment(backend), ...options.env },
            stdio: ["ignore", "pipe", "pipe"],
        });
        const collect = (chunk: Buffer) => (this.text += chunk.toString());
        this.child.stdout?.on("data", collect);
        this.child.stderr?.on("data", collect);
        // Not "close": after a kill, orphans may hold the pipes.
        this.child.on("exit", (code, signal) => {
            this.code = code ?? (signal === null ? 1 : 128);
        });
    }

    get pid(): number {
        return this.child.pid ?? 0;
    }

    get seconds(): number {
        return (performance.now() - this.started) / 1000;
    }

    /** Waits until it has printed something; fails with all that it printed when it ends without. */
    async says(what: RegExp, seconds = 240): Promise<void> {
        await until({
            what: `the words ${String(what)}`,
            seconds,
            holds: () => {
                if (this.code !== undefined && !what.test(this.text)) {
                    throw new Error(
                        `it ended with ${this.code} and never said ${String(what)}:\n${this.text}`,
                    );
                }
                return what.test(this.text);
            },
            why: () => this.text,
        });
    }

    kill(signal: NodeJS.Signals): void {
        this.child.kill(signal);
    }

    /** Waits for its end. */
    async ended(seconds = LIMIT): Promise<this> {
        try {
            await until({
                what: "the end of pulumi",
                seconds,
                holds: () => this.code !== undefined,
                why: () => this.text,
            });
        } catch (error) {
            this.child.kill("SIGKILL");
            throw error;
        }
        return this;
    }

    /** Waits for its end, which must be a good one. */
    async succeeds(): Promise<string> {
        await this.ended();
        if (this.code !== 0) {
            throw new Error(`exit code ${this.code ?? "none"}:\n${this.text}`);
        }
        return this.text;
    }

    /** Waits for its end, which must be a bad one. */
    async fails(): Promise<string> {
        await this.ended();
        if (this.code === 0) {
            throw new Error(`it succeeded:\n${this.text}`);
        }
        return this.text;
    }
}
