/*
 * Installs the packages of the lock file. One at a time: a second start in this checkout waits for the first, and finds its
 * work done. The lock is a folder that names the process in it; one whose process has ended is taken over.
 */
"use strict";

const { spawnSync } = require("node:child_process");
const fs = require("node:fs");
const path = require("node:path");

const root = path.join(__dirname, "..");
const modules = path.join(root, "node_modules");
const mark = path.join(modules, ".package-lock.json");
const lock = path.join(root, ".multiarch", "install");
/** Milliseconds between two looks at the lock of somebody else. */
const PAUSE = 200;
/** Milliseconds after which another's installation is not waited for any more. */
const LIMIT = 600_000;

/** The lock file as it is now, and a copy of the one that was installed: its time says nothing after a checkout. */
const wanted = path.join(root, "package-lock.json");
const copy = path.join(modules, ".multiarch-lock.json");

/** Whether the packages are missing, or of another lock file; where npm was called by hand there is only its time. */
function isStale() {
    const installed = fs.statSync(mark, { throwIfNoEntry: false });
    if (!installed) {
        return true;
    }
    return fs.existsSync(copy)
        ? !fs.readFileSync(copy).equals(fs.readFileSync(wanted))
        : installed.mtimeMs < fs.statSync(wanted).mtimeMs;
}

/** True once the lock is ours. */
function take() {
    try {
        fs.mkdirSync(path.dirname(lock), { recursive: true });
        fs.writeFileSync(lock, String(process.pid), { flag: "wx" });
        return true;
    } catch (error) {
        if (error.code !== "EEXIST") {
            throw error;
        }
        return false;
    }
}

/** The process that holds the lock; undefined while it is being written, or gone. */
function holder() {
    try {
        return Number(fs.readFileSync(lock, "utf8")) || undefined;
    } catch {
        return undefined;
    }
}

/** Whether a process has certainly ended: one of another user has not, though it cannot be asked. */
function hasEnded(pid) {
    try {
        process.kill(pid, 0);
        return false;
    } catch (error) {
        return error.code === "ESRCH";
    }
}

function wait() {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE);
}

function install() {
    process.stderr.write("multiarch: installing npm packages (npm ci)\n");
    const { status } = spawnSync("npm", ["ci", "--no-progress", "--loglevel=error"], {
        cwd: root,
        stdio: ["ignore", 2, 2],
        shell: process.platform === "win32",
    });
    if (status !== 0) {
        process.stderr.write("multiarch: npm ci failed, see above; then run this again.\n");
        return 1;
    }
    fs.copyFileSync(wanted, copy);
    return 0;
}

function main() {
    const began = Date.now();
    let told = false;
    while (!take()) {
        const pid = holder();
        if (pid !== undefined && hasEnded(pid)) {
            fs.rmSync(lock, { force: true });
            continue;
        }
        if (!told) {
            process.stderr.write(
                `multiarch: process ${pid ?? "?"} is installing here: waiting for it\n`,
            );
            told = true;
        }
        if (Date.now() - began > LIMIT) {
            process.stderr.write(
                `multiarch: process ${pid ?? "?"} has been installing for ${LIMIT / 60_000} minutes. Next: end it, remove ${lock}, and run this again.\n`,
            );
            return 1;
        }
        wait();
    }
    try {
        return isStale() ? install() : 0;
    } finally {
        fs.rmSync(lock, { force: true });
    }
}

process.exitCode = main();
