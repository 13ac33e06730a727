import { spawn } from "node:child_process";
import { mkdirSync, openSync, closeSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { lastLines } from "./command";
import { age, identifyChild, Identity, isAlive } from "./identity";
import { insidePrefix, runsInside } from "./namespaces";
import { paths } from "./settings";
import { say, until } from "./progress";

/** A program of the sandbox that runs in the background. */
export interface Component {
    readonly name: string;
    readonly command: readonly string[];
    readonly env?: Readonly<Record<string, string>>;
    /** Clears away what the one before it, which may have been killed, has left. */
    readonly beforeStart?: () => Promise<unknown>;
    /** Says whether it does its work, for as long as it runs. */
    readonly healthy: () => Promise<boolean>;
    /** Seconds that it may take to get healthy. */
    readonly seconds: number;
}

/**
 * Times that a component may be started until it stays: systemd would start it again, too. A kubelet ends when its
 * containerd answers but says "server is not initialized yet" (seen once in some fifty starts of a busy machine).
 */
const STARTS = 3;
const PAUSE = 1_000;

/**
 * Go's garbage collector starts when the heap has grown by so many percent (Go's own: 100). The components share two
 * CPUs with everything that is built, and collecting took the API server an eighth of its time; memory is not short.
 */
const GOGC = "300";

/** Makes sure that a component runs and is healthy; tells whether it had to be started for that. */
export async function ensureComponent(component: Component): Promise<boolean> {
    const running = runningIdentity(component.name);
    if (running && !runsInside(running.pid)) {
        await stopProcess(running);
    } else if (running) {
        // It may still be on its way up: an "up" before this one may have been interrupted.
        const left = component.seconds - age(running);
        if (await becomesHealthy(component, running, Math.max(left, 2))) {
            return false;
        }
        say(`${component.name} runs but is not healthy: restarting it`);
        await stopProcess(running);
    }
    await component.beforeStart?.();
    for (let starts = 1; ; starts++) {
        const started = start(component);
        if (await becomesHealthy(component, started, component.seconds)) {
            return true;
        }
        const ended = !isAlive(started);
        if (!ended || starts === STARTS) {
            const how = ended ? "it ended" : `not healthy after ${component.seconds} s`;
            throw new Error(`${component.name}: ${how}. Its log says:\n${tail(component.name)}`);
        }
        say(`${component.name} ended as it started: starting it again`);
        await sleep(PAUSE);
    }
}

/** The process of a component, when it runs. */
export function runningIdentity(name: string): Identity | undefined {
    try {
        const identity = Identity.parse(JSON.parse(readFileSync(recordPath(name), "utf8")));
        return isAlive(identity) ? identity : undefined;
    } catch {
        return undefined;
    }
}

/** Path of a component's log. */
export function logPath(name: string): string {
    return join(paths.logs, `${name}.log`);
}

/** The end of a component's log. */
export function tail(name: string, lines = 15): string {
    try {
        return lastLines(readFileSync(logPath(name), "utf8"), lines);
    } catch {
        return `(no log at ${logPath(name)})`;
    }
}

/** Ends a process: asks first, then does not. */
export async function stopProcess(identity: Identity): Promise<void> {
    signal(identity, "SIGTERM");
    try {
        await until({ what: "its end", seconds: 3, holds: () => !isAlive(identity) });
    } catch {
        signal(identity, "SIGKILL");
        await until({
            what: `the end of process ${identity.pid}`,
            seconds: 10,
            holds: () => !isAlive(identity),
        });
    }
}

/** Sends a signal to exactly this process, if it still runs. */
export function signal(identity: Identity, name: NodeJS.Signals): void {
    try {
        if (isAlive(identity)) {
            process.kill(identity.pid, name);
        }
    } catch {
        // It ended by itself just now.
    }
}

function start({ name, command, env }: Component): Identity {
    mkdirSync(paths.logs, { recursive: true });
    mkdirSync(join(paths.run, "components"), { recursive: true });
    rmSync(recordPath(name), { force: true });
    const log = openSync(logPath(name), "w");
    const [program = "", ...args] = [...insidePrefix(), ...command];
    // In a session of its own, so that Ctrl-C at the terminal does not reach it; without the
    // caller's environment, whose proxies and tokens are not for it.
    const child = spawn(program, args, {
        cwd: "/",
        detached: true,
        env: { PATH: process.env["PATH"], HOME: "/root", GOGC, ...env },
        stdio: ["ignore", log, log],
    });
    closeSync(log);
    child.on("error", () => undefined);
    child.unref();
    const identity = child.pid === undefined ? undefined : identifyChild(child.pid);
    if (identity === undefined) {
        throw new Error(`${name}: cannot start ${command[0] ?? ""}`);
    }
    writeFileSync(recordPath(name), JSON.stringify(identity));
    return identity;
}

async function becomesHealthy(component: Component, identity: Identity, seconds: number) {
    let healthy = false;
    try {
        await until({
            what: component.name,
            seconds,
            holds: async () => {
                healthy = isAlive(identity) && (await component.healthy());
                return healthy || !isAlive(identity);
            },
        });
    } catch {
        return false;
    }
    return healthy;
}

function recordPath(name: string): string {
    return join(paths.run, "components", `${name}.json`);
}
