import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { runningIdentity, signal } from "../sandbox/component";
import { identify, isAlive, readStatus } from "../sandbox/identity";
import { until } from "../sandbox/progress";
import { paths } from "../sandbox/settings";

/** Kills components of the sandbox, as a power cut would; faults have a sandbox of their own. */
export async function kill(...components: readonly string[]): Promise<void> {
    for (const component of components) {
        const identity = runningIdentity(component);
        if (identity === undefined) {
            throw new Error(`${component} does not run`);
        }
        signal(identity, "SIGKILL");
        await until({ what: component, seconds: 10, holds: () => !isAlive(identity) });
    }
}

/** Kills a node with all that runs on it: its pods would go on without its kubelet, and builds push their images. */
export async function killNode(architecture: string): Promise<void> {
    await kill(`kubelet-${architecture}`, `containerd-${architecture}`);
    const socket = join(paths.run, architecture, "containerd.sock");
    const all = readdirSync("/proc")
        .filter((name) => /^\d+$/.test(name))
        .map(Number);
    const shims = all.filter((pid) => argumentsOf(pid).includes(socket));
    const below = (pid: number): number[] => [
        pid,
        ...all.filter((it) => readStatus(it)?.parent === pid).flatMap(below),
    ];
    const processes = shims
        .flatMap(below)
        .map(identify)
        .filter((it) => it !== undefined);
    if (processes.length === 0) {
        throw new Error(`nothing runs on the ${architecture} node`);
    }
    for (const identity of processes) {
        signal(identity, "SIGKILL");
    }
    await until({
        what: `the end of what ran on the ${architecture} node`,
        seconds: 20,
        holds: () => !processes.some(isAlive),
    });
}

function argumentsOf(pid: number): string[] {
    try {
        return readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
    } catch {
        // It has ended.
        return [];
    }
}

/** Brings everything up again that does not run. */
export async function bringUp(): Promise<void> {
    const program = [
        "--require",
        "tsx/cjs",
        join(paths.repository, "testbed/sandbox/main.ts"),
        "up",
    ];
    const child = spawn(process.execPath, program, {
        cwd: paths.repository,
        stdio: ["ignore", "pipe", "pipe"],
    });
    let text = "";
    for (const stream of [child.stdout, child.stderr]) {
        stream.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
    }
    const [code] = (await once(child, "close")) as [number | null];
    if (code !== 0) {
        throw new Error(`bringing the sandbox up again: exit code ${code ?? "none"}\n${text}`);
    }
}
