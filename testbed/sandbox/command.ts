import { spawn } from "node:child_process";

/** How a command ended, and what it said. */
export interface Outcome {
    /** Exit code; 128 + signal number is not distinguished: a killed command has code null. */
    readonly code: number | null;
    readonly stdout: string;
    readonly stderr: string;
}

/** What {@link attempt} and {@link command} may be told. */
export interface CommandOptions {
    readonly env?: NodeJS.ProcessEnv;
    readonly cwd?: string;
    /** Given to the command's standard input. */
    readonly input?: string | Buffer;
    /** Seconds after which the command is killed. @default 60 */
    readonly seconds?: number;
    /** Pass the command's error output on instead of keeping it. */
    readonly show?: boolean;
}

/** Runs a command to its end and tells how it went; throws only when it cannot be started. */
export function attempt(argv: readonly string[], options: CommandOptions = {}): Promise<Outcome> {
    const [program = "", ...args] = argv;
    return new Promise((resolve, reject) => {
        const child = spawn(program, args, {
            cwd: options.cwd,
            env: options.env ?? process.env,
            stdio: ["pipe", "pipe", options.show === true ? "inherit" : "pipe"],
            timeout: (options.seconds ?? 60) * 1000,
            killSignal: "SIGKILL",
        });
        const output = { stdout: [] as Buffer[], stderr: [] as Buffer[] };
        child.stdout?.on("data", (chunk: Buffer) => output.stdout.push(chunk));
        child.stderr?.on("data", (chunk: Buffer) => output.stderr.push(chunk));
        // A command may end without reading its input: its exit code says what that means.
        child.stdin?.on("error", () => undefined);
        child.stdin?.end(options.input);
        child.on("error", reject);
        child.on("close", (code) => {
            const text = (chunks: Buffer[]) => Buffer.concat(chunks).toString();
            resolve({ code, stdout: text(output.stdout), stderr: text(output.stderr) });
        });
    });
}

/** Runs a command to its end and returns its output; throws when it fails. */
export async function command(
    argv: readonly string[],
    options: CommandOptions = {},
): Promise<string> {
    const { code, stdout, stderr } = await attempt(argv, options);
    if (code !== 0) {
        const shown = argv.slice(0, 8).join(" ");
        const how = code === null ? "was killed or ran out of time" : `exited with code ${code}`;
        throw new Error(`${shown} … ${how}: ${lastLines(stderr || stdout, 8)}`);
    }
    return stdout;
}

/** The last lines of a text, without trailing white space. */
export function lastLines(text: string, count: number): string {
    return text.trimEnd().split("\n").slice(-count).join("\n");
}
