import { readdirSync, readFileSync } from "node:fs";

/** Name of the variable by which a run's processes are known, whoever their parent is. */
export const marker = "MULTIARCH_BENCH_RUN";

/** Milliseconds between two looks, at least. */
const INTERVAL = 500;

/** How much longer the time between two looks is than a look: it takes CPU from the run that is measured. */
const SPARING = 50;

/** Looks at the memory of a run's processes until it is stopped. */
export class MemorySampler {
    #peak = 0;
    #timer: NodeJS.Timeout;

    constructor(private readonly id: string) {
        this.#timer = setTimeout(() => {
            this.look();
        }, INTERVAL);
    }

    private look(): void {
        const started = performance.now();
        this.#peak = Math.max(this.#peak, megabytesOf(this.id));
        const pause = Math.max(INTERVAL, (performance.now() - started) * SPARING);
        this.#timer = setTimeout(() => {
            this.look();
        }, pause);
    }

    /** Ends it and returns the highest sum, in MB. */
    stop(): number {
        clearTimeout(this.#timer);
        return this.#peak;
    }
}

/** MB of memory of all processes whose environment has the marker: each one's share of what they share (PSS). */
export function megabytesOf(id: string): number {
    const wanted = `${marker}=${id}`;
    const kilobytes = readdirSync("/proc")
        .filter((name) => /^\d+$/.test(name))
        .filter((pid) => read(`/proc/${pid}/environ`).split("\0").includes(wanted))
        .map((pid) => /^Pss:\s+(\d+) kB$/m.exec(read(`/proc/${pid}/smaps_rollup`))?.[1] ?? "0");
    return kilobytes.reduce((sum, it) => sum + Number(it), 0) / 1024;
}

function read(file: string): string {
    try {
        return readFileSync(file, "utf8");
    } catch {
        // The process has ended.
        return "";
    }
}
