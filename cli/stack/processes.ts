import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { basename } from "node:path";

import { childEnvironment } from "../../config/childEnvironment";

/** A process of this machine. */
export interface Process {
    readonly pid: number;
    /** Its command line. */
    readonly command: readonly string[];
}

/** What is known of a process id: what runs under it; that nothing does; or that something does that cannot be looked at. */
export type ProcessState = Pick<Process, "command"> | "gone" | "unknown";

/** Looks at a process of this machine. */
export type ReadProcess = (pid: number) => ProcessState;

/**
 * Asks the kernel whether there is such a process; then what it is: `/proc` on Linux, which needs no program and knows blanks in
 * paths, and `ps` elsewhere. What neither tells is not known, and is no proof of anything.
 */
export const readProcess: ReadProcess = (pid) => {
    if (hasEnded(pid)) {
        // Another container of this machine may have it under another number, and this one's host name.
        return isInside(pid) ? "unknown" : "gone";
    }
    try {
        const state = /\) (\S)/.exec(readFileSync(`/proc/${pid}/stat`, "utf8"))?.[1];
        const command = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0").slice(0, -1);
        return state === "Z" ? "gone" : command.length === 0 ? "unknown" : { command };
    } catch {
        return fromPs(pid);
    }
};

/** Whether the kernel says that there is no such process; one of another user is there, though it may not be asked. */
function hasEnded(pid: number): boolean {
    try {
        process.kill(pid, 0);
        return false;
    } catch (error) {
        return (error as NodeJS.ErrnoException).code === "ESRCH";
    }
}

/** Whether a pulumi runs here that has this id in a PID namespace of its own (proc(5), NSpid). */
function isInside(pid: number): boolean {
    return pids().some((other) => {
        try {
            const status = readFileSync(`/proc/${other}/status`, "utf8");
            const [, ids = ""] = /^NSpid:\s*(.*)$/m.exec(status) ?? [];
            const [, name = ""] = /^Name:\s*(.*)$/m.exec(status) ?? [];
            const inner = ids.split(/\s+/);
            return inner.length > 1 && inner.at(-1) === String(pid) && name.startsWith("pulumi");
        } catch {
            return false;
        }
    });
}

function fromPs(pid: number): ProcessState {
    try {
        const line = execFileSync("ps", ["-o", "comm=", "-p", `${pid}`], {
            encoding: "utf8",
            env: childEnvironment({ LC_ALL: "C" }),
            stdio: ["ignore", "pipe", "ignore"],
        }).trim();
        return line === "" ? "unknown" : { command: [line] };
    } catch {
        return "unknown";
    }
}

/**
 * Processes of this machine whose environment has a variable with that name, and its value. Only Linux tells, and
 * only of processes of the same user: elsewhere there are none.
 */
export function processesWith(variable: string): (Process & { readonly value: string })[] {
    return pids().flatMap((pid) => {
        try {
            const entries = readFileSync(`/proc/${pid}/environ`, "utf8").split("\0");
            const entry = entries.find((it) => it.startsWith(`${variable}=`));
            const command = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0").slice(0, -1);
            const state = /\) (\S)/.exec(readFileSync(`/proc/${pid}/stat`, "utf8"))?.[1];
            return entry === undefined || command.length === 0 || state === "Z"
                ? []
                : [{ pid, command, value: entry.slice(variable.length + 1) }];
        } catch {
            return [];
        }
    });
}

/** Whether a process is the pulumi command itself. */
export function isPulumi({ command }: Pick<Process, "command">): boolean {
    return /^pulumi(\.exe)?$/.test(basename(command[0] ?? ""));
}

/** Whether a process is one that pulumi starts for a run: a plugin, a language host, the program, a runner. */
export function isHelper({ command }: Process): boolean {
    const line = command.join(" ");
    return (
        basename(command[0] ?? "").startsWith("pulumi-") ||
        line.includes("/@pulumi/pulumi/cmd/") ||
        /\b(bin\/command\.js|build\/command\.sh) (build|publish|rollout)$/.test(line)
    );
}

function pids(): number[] {
    try {
        return readdirSync("/proc")
            .filter((name) => /^\d+$/.test(name))
            .map(Number);
    } catch {
        return [];
    }
}
