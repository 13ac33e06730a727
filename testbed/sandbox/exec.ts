import { type ChildProcess, spawn, type StdioOptions } from "node:child_process";
import { existsSync, mkdirSync, rmSync, symlinkSync } from "node:fs";
import { constants } from "node:os";
import { join } from "node:path";

import { insidePrefix, namespacesWork } from "./namespaces";
import { paths } from "./settings";
import { findToolchain } from "./toolchain";

/** What {@link spawnInSandbox} and {@link execInSandbox} may be told. */
export interface ExecOptions {
    /** Variables beside this process's own; undefined removes one. */
    readonly env?: NodeJS.ProcessEnv;
    /** @default this process's working directory */
    readonly cwd?: string;
    /** @default "inherit" */
    readonly stdio?: StdioOptions;
    /** Make the command the leader of a process group of its own. */
    readonly detached?: boolean;
}

/** Starts a command in the namespaces of a sandbox that is up; its pid is the command's own. */
export function spawnInSandbox(
    argv: readonly string[],
    { env, cwd = process.cwd(), stdio = "inherit", detached }: ExecOptions = {},
): ChildProcess {
    // Entering a mount namespace leads to its root folder: go back, then become the command.
    const become = ["sh", "-c", 'cd "$1" && shift && exec "$@"', "sh", cwd, ...argv];
    const [program = "", ...args] = [...insidePrefix(), ...become];
    return spawn(program, args, { env: sandboxEnvironment(env), stdio, detached });
}

/** Runs a command in the sandbox's namespaces and returns its exit code; passes signals on. */
export async function execInSandbox(
    argv: readonly string[],
    options: ExecOptions = {},
): Promise<number> {
    if (!(await namespacesWork())) {
        throw new Error("the sandbox is not up: run `npm run sandbox -- up` first.");
    }
    const child = spawnInSandbox(argv, options);
    const pass = (name: NodeJS.Signals) => {
        child.kill(name);
    };
    const signals = ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2"] as const;
    // At the terminal, the command gets Ctrl-C by itself: a second one from here would be too many.
    const ignore = () => undefined;
    for (const name of signals) {
        const own = process.stdin.isTTY && (name === "SIGINT" || name === "SIGQUIT");
        process.on(name, own ? ignore : pass);
    }
    try {
        return await new Promise<number>((resolve, reject) => {
            child.on("error", reject);
            child.on("close", (code, signal) => {
                resolve(code ?? 128 + (signal ? constants.signals[signal] : 0));
            });
        });
    } finally {
        for (const name of signals) {
            process.off(name, pass);
            process.off(name, ignore);
        }
    }
}

/** The environment of a command in the sandbox. */
export function sandboxEnvironment(extra: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
    const { folder } = findToolchain();
    // Last, so that tools which are installed come first, and missing ones are found all the same.
    const path = [process.env["PATH"], folder && join(folder, "bin"), paths.bin]
        .filter(Boolean)
        .join(":");
    return {
        ...process.env,
        PATH: path,
        KUBECONFIG: paths.kubeconfig,
        SSL_CERT_FILE: paths.ca,
        NODE_EXTRA_CA_CERTS: paths.ca,
        GIT_SSL_CAINFO: paths.ca,
        ...extra,
    };
}

/** Makes the names under which the toolchain's programs are known beside their own. */
export function linkPrograms(toolchain: string, regctl: string): void {
    mkdirSync(paths.bin, { recursive: true });
    for (const [name, target] of [
        ["kubectl", join(toolchain, "bin/oc")],
        ["regctl", regctl],
    ] as const) {
        rmSync(join(paths.bin, name), { force: true });
        if (existsSync(target)) {
            symlinkSync(target, join(paths.bin, name));
        }
    }
}
