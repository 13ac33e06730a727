import { identify } from "../sandbox/identity";
import { orphansAmong, RUN_VARIABLE } from "../../cli/stack/orphans";
import { isPulumi, processesWith } from "../../cli/stack/processes";

/** Command lines of runners: each Command's own, else the program that all of them talk to. */
const RUNNERS = [/\bbin\/command\.js/, /@pulumi\/pulumi\/cmd\/run\b/];

/** What a wrapper of pulumi has started. */
export interface RunProcesses {
    readonly pulumi: number;
    /** Plugins, language host, program and runners. */
    readonly helpers: readonly number[];
}

/** The processes of the run that is under way below a wrapper; `backend` tells it from those of other tests. */
export function processesOf(backend: string): RunProcesses {
    const all = processesWith("PULUMI_BACKEND_URL").filter(
        ({ value }) => value === `file://${backend}`,
    );
    const pids = new Set(all.map(({ pid }) => pid));
    const marked = processesWith(RUN_VARIABLE).filter(({ pid }) => pids.has(pid));
    const pulumi = marked.find(isPulumi);
    if (pulumi === undefined) {
        throw new Error(`no pulumi runs on ${backend}`);
    }
    const helpers = orphansAmong(marked.filter((it) => it !== pulumi)).map(({ pid }) => pid);
    return { pulumi: pulumi.pid, helpers };
}

/** The processes of a run that follow builds and the publisher; no pulumi, and no plugin. */
export function runnersOf(backend: string): number[] {
    const all = processesWith("PULUMI_BACKEND_URL").filter(
        ({ value }) => value === `file://${backend}`,
    );
    const found = RUNNERS.map((pattern) => all.filter((it) => pattern.test(it.command.join(" "))));
    return (found.find((it) => it.length > 0) ?? []).map(({ pid }) => pid);
}

/** Whether a process still runs. */
export function runs(pid: number): boolean {
    return identify(pid) !== undefined;
}
