import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { basename } from "node:path";

/** A process of this machine. */
export interface Process {
    readonly pid: number;
    /** When it was started, in milliseconds since 1970. */
    readonly started: number;
    /** Its command line. */
    readonly command: readonly string[];
}

/** Reads a process of this machine; undefined when there is none of that id, or only a zombie. */
export type ReadProcess = (pid: number) => Process | undefined;

/** Asks ps, which is everywhere and shows other users' processes too. */
export const readProcess: ReadProcess = (pid) => {
    let line: string;
    try {
        line = execFileSync("ps", ["-o", "stat=,etime=,args=", "-p", `${pid}`], {
            encoding: "utf8",
            env: { ...process.env, LC_ALL: "C" },
            stdio: ["ignore", "pipe", "ignore"],
        });
    } catch {
        return undefined;
    }
    const [, state = "", elapsed = "", command = ""] =
        /^\s*(\S+)\s+(\S+)\s+(.*)$/m.exec(line) ?? [];
    if (state === "" || state.startsWith("Z")) {
        return undefined;
    }
    return {
        pid,
        started: Date.now() - secondsIn(elapsed) * 1000,
        command: command.split(" "),
    };
};

/** Reads the elapsed time of ps, [[days-]hours:]minutes:seconds. */
export function secondsIn(elapsed: string): number {
    const [time = "", days = "0"] = elapsed.split("-").reverse();
    const parts = time.split(":").map(Number);
    return parts.reduce((sum, part) => sum * 60 + part, 0) + Number(days) * 86_400;
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
                : [{ pid, started: 0, command, value: entry.slice(variable.length + 1) }];
        } catch {
            return [];
        }
    });
}

/** Whether a process is the pulumi command itself. */
export function isPulumi({ command }: Process): boolean {
    return basename(command[0] ?? "") === "pulumi";
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
