import { spawn } from "node:child_process";
import { closeSync, openSync, readFileSync, writeFileSync } from "node:fs";

import { say } from "./progress";
import { paths } from "./settings";

/** Seconds that a second `up`, `down` or `wipe` waits for the first. */
const patience = 900;

/**
 * Does work that only one process may do at a time. The kernel holds the lock for a child that
 * lives as long as this process does, however it ends: a lock is never left behind.
 */
export async function withLock<T>(
    work: () => Promise<T>,
    { file, seconds }: { file: string; seconds: number } = { file: paths.lock, seconds: patience },
): Promise<T> {
    closeSync(openSync(file, "a"));
    let release = await tryLock(file, 0);
    if (!release) {
        say(`waiting for process ${holder(file)}, which is at work on the sandbox`);
        release = await tryLock(file, seconds);
    }
    if (!release) {
        throw new Error(
            `process ${holder(file)} is still at work on the sandbox after ${seconds} s: ` +
                "wait for it, or end it, then run this again.",
        );
    }
    try {
        writeFileSync(file, `${process.pid}\n`);
        return await work();
    } finally {
        await release();
    }
}

async function tryLock(file: string, seconds: number): Promise<(() => Promise<void>) | undefined> {
    const script = ["sh", "-c", "echo held; exec cat >/dev/null"];
    const child = spawn("flock", ["--wait", `${seconds}`, file, ...script], {
        stdio: ["pipe", "pipe", "inherit"],
    });
    const ended = new Promise<void>((resolve, reject) => {
        child.on("error", reject);
        child.on("close", () => {
            resolve();
        });
    });
    const held = new Promise<boolean>((resolve) => {
        child.stdout.once("data", () => {
            resolve(true);
        });
        child.on("close", () => {
            resolve(false);
        });
    });
    // A failure to start flock ends the waiting for it, too.
    if (await Promise.race([held, ended.then(() => held)])) {
        return async () => {
            child.stdin.end();
            await ended;
        };
    }
    return undefined;
}

function holder(file: string): string {
    return readFileSync(file, "utf8").trim() || "(unknown)";
}
