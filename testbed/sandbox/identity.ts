import { readFileSync } from "node:fs";

import { z } from "zod";

/** Tells a process from every other one, also from those that get its id later. */
export const Identity = z.object({
    pid: z.number().int().positive(),
    /** Start time in clock ticks after the machine's start. */
    started: z.string(),
    /** The kernel's id of this run of the machine. */
    boot: z.string(),
});

/** See the schema of the same name. */
export type Identity = z.infer<typeof Identity>;

/** What /proc/PID/stat says of a process. */
export interface ProcessStatus {
    readonly state: string;
    readonly parent: number;
    readonly started: string;
}

/** Reads the text of /proc/PID/stat; the program's name in it may hold spaces and brackets. */
export function parseStatus(text: string): ProcessStatus | undefined {
    const fields = text
        .slice(text.lastIndexOf(")") + 1)
        .trim()
        .split(" ");
    const [state, parent, started] = [fields[0], fields[1], fields[19]];
    if (!text.includes(")") || !state || !parent || !started) {
        return undefined;
    }
    return { state, parent: Number(parent), started };
}

/** Reads the status of a process of this machine. */
export function readStatus(pid: number): ProcessStatus | undefined {
    const text = readText(`/proc/${pid}/stat`);
    return text === undefined ? undefined : parseStatus(text);
}

/** The identity of a running process; a zombie is not running. */
export function identify(pid: number): Identity | undefined {
    const status = readStatus(pid);
    return status && !["Z", "X"].includes(status.state) ? identityOf(pid, status) : undefined;
}

/** The identity of a child of this process that nobody has waited for yet, also of one that has ended already. */
export function identifyChild(pid: number): Identity | undefined {
    const status = readStatus(pid);
    return status && identityOf(pid, status);
}

function identityOf(pid: number, { started }: ProcessStatus): Identity {
    return { pid, started, boot: bootId() };
}

/** Says whether exactly this process still runs. */
export function isAlive(identity: Identity): boolean {
    const found = identify(identity.pid);
    return found?.started === identity.started && found.boot === identity.boot;
}

/** Seconds for which a process has been running. */
export function age(identity: Identity): number {
    const uptime = Number((readText("/proc/uptime") ?? "0").split(" ")[0]);
    // The kernel counts start times in hundredths of a second on every Linux that Node.js runs on.
    return Math.max(0, uptime - Number(identity.started) / 100);
}

function bootId(): string {
    return (readText("/proc/sys/kernel/random/boot_id") ?? "").trim();
}

function readText(path: string): string | undefined {
    try {
        return readFileSync(path, "utf8");
    } catch {
        return undefined;
    }
}
