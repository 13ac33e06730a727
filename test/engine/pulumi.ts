import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";

/** The repository, which is the project's folder. */
export const root = join(__dirname, "../..");

/** Milliseconds that one command of Pulumi's may take. */
const LIMIT = 120_000;

/** A command that has ended. */
export interface Ended {
    readonly code: number | null;
    readonly stdout: string;
    /** What it printed, on both streams. */
    readonly text: string;
}

/** A command that goes on. */
export interface Started {
    readonly child: ChildProcess;
    readonly ended: Promise<Ended>;
    /** Resolves as soon as something matches in what it printed; rejects where it ends without. */
    saw(pattern: RegExp): Promise<void>;
}

/** Pulumi with a home, a backend of files and providers of one test's own. */
export class Pulumi {
    /** Folder of the backend's files. */
    readonly backend: string;
    private readonly env: NodeJS.ProcessEnv;

    /** Everything of it is in `folder`. `attached` are entries of PULUMI_DEBUG_PROVIDERS. */
    constructor(folder: string, attached: readonly string[], kubeconfig: string) {
        this.backend = join(folder, "backend");
        const home = join(folder, "home");
        mkdirSync(this.backend, { recursive: true });
        mkdirSync(home, { recursive: true });
        this.env = {
            PATH: process.env["PATH"],
            HOME: home,
            TMPDIR: folder,
            KUBECONFIG: kubeconfig,
            PULUMI_HOME: join(home, "pulumi"),
            PULUMI_BACKEND_URL: `file://${this.backend}`,
            PULUMI_CONFIG_PASSPHRASE: "of one test",
            PULUMI_DEBUG_PROVIDERS: attached.join(","),
            // What is not attached is an error, not a download.
            PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
            PULUMI_SKIP_UPDATE_CHECK: "true",
            // Without it there is no --event-log.
            PULUMI_DEBUG_COMMANDS: "true",
        };
    }

    /** Starts `pulumi` with these words in the project's folder. */
    start(args: readonly string[], { input = "" } = {}): Started {
        return this.startProgram("pulumi", [...args, "--non-interactive", "--color=never"], input);
    }

    /** Starts `npm run up|preview|destroy` with these words. */
    startOwn(args: readonly string[]): Started {
        const words = ["--require", "tsx/cjs", "cli/stack.ts", ...args];
        return this.startProgram(
            process.execPath,
            [...words, "--non-interactive", "--color=never"],
            "",
        );
    }

    /** Runs `pulumi` to its end. */
    run(args: readonly string[], options: { input?: string } = {}): Promise<Ended> {
        return this.start(args, options).ended;
    }

    /** What `pulumi` prints; throws with what it says where it fails. */
    async ask(args: readonly string[], options: { input?: string } = {}): Promise<string> {
        const { code, stdout, text } = await this.run(args, options);
        if (code !== 0) {
            throw new Error(`pulumi ${args.join(" ")}: exit code ${code ?? "none"}\n${text}`);
        }
        return stdout;
    }

    private startProgram(program: string, args: readonly string[], input: string): Started {
        const child = spawn(program, args, {
            cwd: root,
            env: this.env,
            stdio: ["pipe", "pipe", "pipe"],
        });
        const seen = { stdout: "", text: "" };
        const waiting = new Set<() => void>();
        const take = (chunk: string) => {
            seen.text += chunk;
            for (const look of waiting) {
                look();
            }
        };
        child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
            seen.stdout += chunk;
            take(chunk);
        });
        child.stderr.setEncoding("utf8").on("data", take);
        child.stdin.on("error", () => undefined);
        child.stdin.end(input);
        const limit = setTimeout(() => child.kill("SIGKILL"), LIMIT);
        const ended = new Promise<Ended>((resolve, reject) => {
            child.on("error", reject);
            // Not "close": what a killed Pulumi has started may hold the streams.
            child.on("exit", (code) => {
                clearTimeout(limit);
                setImmediate(() => {
                    resolve({ code, ...seen });
                });
            });
        });
        const saw = (pattern: RegExp) =>
            new Promise<void>((resolve, reject) => {
                const look = () => {
                    if (pattern.test(seen.text)) {
                        waiting.delete(look);
                        resolve();
                    }
                };
                waiting.add(look);
                look();
                void ended.then(() => {
                    reject(new Error(`ended without ${String(pattern)}:\n${seen.text}`));
                });
            });
        return { child, ended, saw };
    }
}
