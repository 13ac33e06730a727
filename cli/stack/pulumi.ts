import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { constants } from "node:os";

/** A problem that is told in one sentence and the next command, without a stack trace. */
export class StackError extends Error {}

/** What pulumi prints for a question; throws with what it says to a person when it cannot answer. */
export function ask(...args: readonly string[]): string {
    return tell("", ...args);
}

/** As {@link ask}, with something for pulumi to read. */
export function tell(input: string, ...args: readonly string[]): string {
    try {
        return execFileSync("pulumi", [...args, "--non-interactive"], {
            input,
            encoding: "utf8",
            maxBuffer: 256 * 1024 * 1024,
            stdio: ["pipe", "pipe", "pipe"],
        });
    } catch (error) {
        const { code, stderr } = error as { code?: string; stderr?: string };
        if (code === "ENOENT") {
            throw new StackError(
                "pulumi is not on the PATH. Install it (https://www.pulumi.com/docs/install/), or try what needs none: npm run plan, npm start",
            );
        }
        throw new StackError(`pulumi ${args[0] ?? ""}: ${(stderr ?? String(error)).trim()}`);
    }
}

/** Runs pulumi at this terminal to its end and returns its exit code; signals to this process reach it. */
export async function run(args: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
    const child = spawn("pulumi", args, { env: { ...process.env, ...env }, stdio: "inherit" });
    const stop = passSignals(child);
    try {
        return await new Promise<number>((resolve, reject) => {
            child.on("error", reject);
            // Not "close": after a kill, its plugins may hold the streams.
            child.on("exit", (code, signal) => {
                resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal]));
            });
        });
    } finally {
        stop();
    }
}

function passSignals(child: ChildProcess): () => void {
    const pass = (name: NodeJS.Signals) => {
        child.kill(name);
    };
    // At the terminal, pulumi gets Ctrl-C by itself: a second one from here would end it the hard way.
    const ignore = () => undefined;
    const interrupted = process.stdin.isTTY ? ignore : pass;
    process.on("SIGINT", interrupted).on("SIGTERM", pass).on("SIGHUP", pass);
    return () => {
        process.off("SIGINT", interrupted).off("SIGTERM", pass).off("SIGHUP", pass);
    };
}
