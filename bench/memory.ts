import { readdirSync, readFileSync } from "node:fs";

/** Name of the variable by which a run's processes are known, whoever their parent is. */
export const marker = "MULTIARCH_BENCH_RUN";

/** Milliseconds between two looks: each costs some milliseconds of the machine that is measured. */
const INTERVAL = 500;

/** Looks at the memory of a run's processes until it is stopped. */
export class MemorySampler {
    #peak = 0;
    readonly #timer: NodeJS.Timeout;

    constructor(id: string) {
        this.#timer = setInterval(() => {
            this.#peak = Math.max(this.#peak, megabytesOf(id));
        }, INTERVAL);
    }

    /** Ends it and returns the highest sum, in MB. */
    stop(): number {
        clearInterval(this.#timer);
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
