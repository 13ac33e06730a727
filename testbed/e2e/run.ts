import { pulumiEnvironment } from "../localStack";
import { spawnInSandbox } from "../sandbox/exec";
import { paths } from "../sandbox/settings";

/** A command that has ended. */
export interface Finished {
    readonly code: number;
    /** What it printed, on both streams. */
    readonly text: string;
    readonly seconds: number;
}

/** How a command is run. */
export interface RunOptions {
    readonly input?: string;
    readonly cwd?: string;
    /** Folder of Pulumi's backend. */
    readonly backend?: string;
    readonly env?: NodeJS.ProcessEnv;
    /** Seconds after which it is ended. @default 400 */
    readonly limitSeconds?: number;
}

/** Runs a command in the sandbox to its end; ends it after 400 s. */
export async function run(argv: readonly string[], options: RunOptions = {}): Promise<Finished> {
    const started = performance.now();
    const child = spawnInSandbox(argv, {
        cwd: options.cwd ?? paths.repository,
        env: {
            ...(options.backend === undefined ? {} : pulumiEnvironment(options.backend)),
            ...options.env,
        },
        stdio: ["pipe", "pipe", "pipe"],
    });
    let text = "";
    const collect = (chunk: Buffer) => (text += chunk.toString());
    child.stdout?.on("data", collect);
    child.stderr?.on("data", collect);
    child.stdin?.on("error", () => undefined);
    child.stdin?.end(options.input ?? "");
    const limit = setTimeout(() => child.kill("SIGINT"), (options.limitSeconds ?? 400) * 1000);
    const code = await new Promise<number>((resolve, reject) => {
        child.on("error", reject);
        child.on("close", (exit, signal) => {
            resolve(exit ?? (signal === null ? 1 : 128));
        });
    });
    clearTimeout(limit);
    return { code, text, seconds: (performance.now() - started) / 1000 };
}

/** What a command printed; throws with it when the command failed. */
export function succeeded({ code, text }: Finished): string {
    if (code !== 0) {
        throw new Error(`exit code ${code}:\n${text}`);
    }
    return text;
}
