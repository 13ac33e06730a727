import { identify } from "../../sandbox/identity";
import { orphansAmong, RUN_VARIABLE } from "../../stack/orphans";
import { isPulumi, processesWith } from "../../stack/processes";

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

/** Whether a process still runs. */
export function runs(pid: number): boolean {
    return identify(pid) !== undefined;
}
