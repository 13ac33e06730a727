import { type ChildProcess } from "node:child_process";

import { type z } from "zod";

import { spawnInSandbox } from "../sandbox/exec";

/** A state of an object, and when it was heard of, in milliseconds since 1970. */
export interface Seen<T> {
    readonly at: number;
    readonly object: T;
}

/** Follows the objects of one kind in one namespace: the API's own times have seconds only. */
export class Watch<T> {
    readonly #seen: Seen<T>[] = [];
    #ended: string | undefined;

    private constructor(private readonly child: ChildProcess) {}

    /** Starts to follow what `path` of the API lists; `schema` is what is kept of each object. */
    static async start<S extends z.ZodType>(path: string, schema: S): Promise<Watch<z.output<S>>> {
        const url = `${path}?watch=true&timeoutSeconds=14400`;
        const child = spawnInSandbox(["oc", "get", "--raw", url], {
            stdio: ["ignore", "pipe", "pipe"],
        });
        const watch = new Watch<z.output<S>>(child);
        let complaint = "";
        child.stderr?.on("data", (chunk: Buffer) => (complaint += chunk.toString()));
        child.on("close", () => {
            watch.#ended ??= complaint;
        });
        let rest = "";
        const known = new Promise<void>((resolve) => {
            child.stdout?.on("data", (chunk: Buffer) => {
                const at = Date.now();
                const lines = (rest + chunk.toString()).split("\n");
                rest = lines.pop() ?? "";
                for (const line of lines) {
                    const { object } = JSON.parse(line) as { object: unknown };
                    const state = schema.safeParse(object);
                    if (state.success) {
                        watch.#seen.push({ at, object: state.data });
                    } else {
                        // An error of the API, most likely; whoever asks for what was seen gets it.
                        watch.#ended = line.slice(0, 500);
                    }
                }
                resolve();
            });
        });
        // What exists is told at once; where nothing does, nothing is told.
        let timer: NodeJS.Timeout | undefined;
        const patience = new Promise<void>((resolve) => (timer = setTimeout(resolve, 3000)));
        await Promise.race([known, patience]);
        clearTimeout(timer);
        return watch;
    }

    /** Everything that was heard, in order. */
    get seen(): readonly Seen<T>[] {
        if (this.#ended !== undefined) {
            throw new Error(`a watch of the API ended: ${this.#ended}`);
        }
        return this.#seen;
    }

    stop(): void {
        this.child.kill();
    }
}
