import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import {
    existsSync,
    mkdirSync,
    mkdtempSync,
    readFileSync,
    realpathSync,
    rmSync,
    symlinkSync,
    writeFileSync,
} from "node:fs";
import { connect, createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";

import { type CommandServerOptions, serveCommands } from "../../steps/commandServer";
import { type Program, type Request } from "../../steps/programs";

jest.setTimeout(60_000);

const root = join(__dirname, "../..");
export const script = join(root, "build/command.sh");

export let folder: string;
export let file: string;
const children = new Set<ChildProcess>();
const atExit = new Set<unknown>(process.listeners("exit"));

beforeEach(() => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), "multiarch-commands-")));
    file = join(folder, "run/0123");
});
afterEach(() => {
    children.forEach((child) => child.kill("SIGKILL"));
    children.clear();
    // One for each server, as if its process had ended.
    for (const listener of process.listeners("exit").filter((one) => !atExit.has(one))) {
        process.off("exit", listener);
    }
    jest.restoreAllMocks();
    rmSync(folder, { recursive: true });
});

/** Serves from this process. */
export function serve(
    programs: CommandServerOptions["programs"],
    maxConcurrentBuilds?: number,
): Promise<void> {
    return serveCommands({ file, programs, maxConcurrentBuilds });
}

export function start(command: string, words: readonly string[], options: object) {
    const child = spawn(command, words, { stdio: ["ignore", "pipe", "pipe"], ...options });
    children.add(child);
    const output = { stdout: "", stderr: "" };
    for (const name of ["stdout", "stderr"] as const) {
        child[name].setEncoding("utf8").on("data", (text: string) => {
            output[name] += text;
        });
    }
    const ended = once(child, "close").then(([status, signal]) => ({
        status: (status ?? signal) as number | string,
        ...output,
    }));
    return {
        child,
        ended,
        /** Resolves when it has written this; rejects when it ends without. */
        wrote: async (name: "stdout" | "stderr", text: string) => {
            while (!output[name].includes(text)) {
                await Promise.race([
                    once(child[name], "data"),
                    ended.then((outcome) => {
                        throw new Error(`ended without ${text}: ${JSON.stringify(outcome)}`);
                    }),
                ]);
            }
        },
    };
}

/** Runs build/command.sh as a Command does, with these variables. */
export function client(
    program: string,
    variables: Readonly<Record<string, string>> = {},
    { shell = "bash", path = process.env["PATH"] ?? "" } = {},
) {
    return start(shell, [script, program], {
        cwd: folder,
        env: { PATH: path, MULTIARCH_RUN_FILE: file, ...variables },
    });
}

/** Runs JavaScript in a process of Node that serves from `file`, with `serveCommands` and `file` in reach. */
export function serverProcess(code: string) {
    const prelude =
        'const { serveCommands } = require("./steps/commandServer.ts"); const [, file] = process.argv;';
    return start(process.execPath, ["--require", "tsx/cjs", "-e", `${prelude} ${code}`, file], {
        cwd: root,
    });
}

interface Run {
    readonly request: Request;
    readonly report: (line: string) => void;
    readonly signal: AbortSignal;
    readonly end: (result: unknown) => void;
}

/** A program that ends when it is told to; its runs, in the order in which they start. */
export function held() {
    const runs: Run[] = [];
    const waiting: (() => void)[] = [];
    const program: Program = (request, report, signal) =>
        new Promise((resolve) => {
            runs.push({ request, report, signal, end: resolve });
            waiting.splice(0).forEach((wake) => {
                wake();
            });
        });
    const run = async (index: number): Promise<Run> => {
        for (;;) {
            const found = runs[index];
            if (found !== undefined) {
                return found;
            }
            await new Promise<void>((resolve) => {
                waiting.push(resolve);
            });
        }
    };
    return { program, run, runs };
}

/** All that a server answers to these bytes; `end` sends no more after them. */
export async function answerTo(bytes: string | Buffer): Promise<string> {
    const socket = connect(portAndSecret().port, "127.0.0.1");
    socket.on("error", () => undefined);
    let answer = "";
    socket.setEncoding("utf8").on("data", (text: string) => {
        answer += text;
    });
    socket.write(bytes);
    await once(socket, "close");
    return answer;
}

export function portAndSecret() {
    const [port = "", secret = ""] = readFileSync(file, "utf8").trim().split(" ");
    return { port: Number(port), secret };
}

/** A port of this machine that nobody listens on. */
export async function freePort(): Promise<number> {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    server.close();
    await once(server, "close");
    return port;
}

/** A program in bin/ as launch.cjs puts it there, which says what it was to run. */
export function programOfItsOwn(): void {
    mkdirSync(join(folder, "bin"));
    const text = `console.error("alone"); console.log(JSON.stringify([process.argv[2], process.env.MULTIARCH_IMAGE])); process.exitCode = 3;`;
    writeFileSync(join(folder, "bin/command.js"), text);
}

/** A folder to be the only one in PATH, with these programs. */
export function pathWith(...names: readonly string[]): string {
    const path = mkdtempSync(join(folder, "path-"));
    for (const name of names) {
        const found = (process.env["PATH"] ?? "")
            .split(delimiter)
            .map((directory) => join(directory, name))
            .find((candidate) => existsSync(candidate));
        symlinkSync(realpathSync(found ?? `no ${name} in PATH`), join(path, name));
    }
    return path;
}
