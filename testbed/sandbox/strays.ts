import { readdirSync, readFileSync } from "node:fs";

import { signal } from "./component";
import { type Identity, identify, isAlive, readStatus } from "./identity";
import { until } from "./progress";
import { paths } from "./settings";

/** Ends every process that belongs to the sandbox, pods included, except this one's ancestors. */
export async function stopStrays(): Promise<void> {
    const spared = ancestors(process.pid);
    // Components start processes while others end: look until none is left.
    await until({
        what: "the end of the sandbox's processes",
        seconds: 20,
        holds: () => {
            const found = findStrays().filter(({ pid }) => !spared.has(pid));
            for (const identity of found) {
                signal(identity, "SIGKILL");
            }
            return found.filter(isAlive).length === 0;
        },
    });
}

/** The processes whose mounts name the sandbox's folders: its components, and its pods. */
function findStrays(): Identity[] {
    return readdirSync("/proc")
        .filter((name) => /^\d+$/.test(name))
        .map(Number)
        .filter((pid) => mountsState(pid))
        .map(identify)
        .filter((it) => it !== undefined);
}

function mountsState(pid: number): boolean {
    try {
        return mountsFolder(readFileSync(`/proc/${pid}/mountinfo`, "utf8"), paths.state);
    } catch {
        return false;
    }
}

/**
 * Says whether the text of /proc/PID/mountinfo has a mount at a folder or below, or an overlay made
 * of folders below it. No process outside the sandbox has one: its mounts do not propagate.
 */
export function mountsFolder(mountinfo: string, folder: string): boolean {
    return mountinfo.split("\n").some((line) => {
        const target = line.split(" ")[4] ?? "";
        return (
            target === folder ||
            target.startsWith(`${folder}/`) ||
            line.includes(`upperdir=${folder}/`)
        );
    });
}

function ancestors(pid: number): Set<number> {
    const found = new Set<number>();
    for (let it: number | undefined = pid; it !== undefined && it > 0;) {
        found.add(it);
        it = readStatus(it)?.parent;
    }
    return found;
}
