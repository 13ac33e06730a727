import { randomBytes, timingSafeEqual } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, type Socket, createServer } from "node:net";
import { dirname } from "node:path";

import { describe } from "./shared/runProgram";
import { Clusters, type Program, programNamed, type Request } from "./programs";
import { Turns } from "./shared/turns";

/** Longest request that is read, in bytes: a kubeconfig may be part of it. */
const REQUEST_BYTES = 1_000_000;
/** Milliseconds that a client gets to send it. */
const REQUEST_PATIENCE = 10_000;

/** How Commands are served. */
export interface CommandServerOptions {
    /** File that tells clients where to go; it is the owner's alone. */
    readonly file: string;
    /** By the name that clients ask for. */
    readonly programs: Readonly<Record<string, Program>>;
    /** Most builds at a time; others wait for their turn. @default no limit */
    readonly maxConcurrentBuilds?: number | undefined;
}

/**
 * Serves the Commands of one update from this process: each connection is one program, and ends with it.
 *
 * A client that goes away interrupts its program. The server alone does not keep the process alive. Listens on the
 * loopback address only, and takes requests with the secret from the file only: others may use this machine.
 */
export async function serveCommands(options: CommandServerOptions): Promise<void> {
    const secret = randomBytes(32).toString("hex");
    const clusters = new Clusters();
    const turns = new Turns(options.maxConcurrentBuilds ?? Number.POSITIVE_INFINITY);
    const server = createServer((socket) => {
        void serve(socket, secret, async (name, request, report, signal) => {
            const program = programNamed(name, options.programs);
            const run = () => program(request, report, signal, clusters);
            return name === "build" ? turns.take(run, report, signal) : run();
        });
    });
    await new Promise<void>((resolve, reject) => {
        // Later ones too, as when there are too many open files: that client runs its program itself.
        server.on("error", reject);
        server.listen(0, "127.0.0.1", resolve);
    });
    server.unref();
    const { port } = server.address() as AddressInfo;
    mkdirSync(dirname(options.file), { recursive: true, mode: 0o700 });
    const temporary = `${options.file}.${process.pid}`;
    const line = `${port} ${secret}\n`;
    writeFileSync(temporary, line, { mode: 0o600 });
    renameSync(temporary, options.file);
    process.once("exit", () => {
        // Not the next update's, whose process may have started already.
        if (textOf(options.file) === line) {
            rmSync(options.file, { force: true });
        }
    });
}

type Run = (
    name: string,
    request: Request,
    report: (line: string) => void,
    signal: AbortSignal,
) => Promise<unknown>;

async function serve(socket: Socket, secret: string, run: Run): Promise<void> {
    const abort = new AbortController();
    // A client that was killed sends a reset, which must not be an exception.
    socket.on("error", () => undefined);
    socket.on("close", () => {
        abort.abort(new Error("interrupted"));
    });
    const say = (kind: "err" | "out" | "exit", text: string) => {
        for (const line of text.split("\n")) {
            socket.write(`${kind} ${line}\n`);
        }
    };
    try {
        const [given = "", name = "", directory = "", ...variables] = await fields(socket);
        if (!isSame(given, secret)) {
            throw new Error("The request was not made by a Command of this update.");
        }
        const environment = Object.fromEntries(variables.map(keyAndValue));
        const result = await run(
            name,
            { environment, directory },
            (line) => {
                say("err", line);
            },
            abort.signal,
        );
        say("out", JSON.stringify(result));
        say("exit", "0");
    } catch (error) {
        // Of an interrupted program nobody hears: its client is gone.
        say("err", describe(error));
        say("exit", "1");
    }
    socket.end();
}

/** What a client sends: fields that end with a NUL each, and an empty one at the end. */
function fields(socket: Socket): Promise<string[]> {
    return new Promise((resolve, reject) => {
        let received = Buffer.alloc(0);
        const end = (settle: () => void) => {
            clearTimeout(late);
            // What else it sends is read and forgotten: it must be able to finish, and its end to be seen.
            socket.off("data", take);
            socket.resume();
            settle();
        };
        const refuse = (reason: string) => {
            end(() => {
                reject(new Error(reason));
            });
        };
        const take = (chunk: Buffer) => {
            received = Buffer.concat([received, chunk]);
            if (received.length > REQUEST_BYTES) {
                refuse(`The request is longer than ${REQUEST_BYTES} bytes.`);
            } else if (received.subarray(-2).equals(Buffer.alloc(2))) {
                end(() => {
                    resolve(received.subarray(0, -2).toString("utf8").split("\0"));
                });
            }
        };
        const late = setTimeout(() => {
            refuse(`The request did not arrive within ${REQUEST_PATIENCE / 1000} s.`);
        }, REQUEST_PATIENCE);
        socket.on("close", () => {
            refuse("interrupted");
        });
        socket.on("data", take);
    });
}

function keyAndValue(variable: string): [string, string] {
    const at = variable.indexOf("=");
    return [variable.slice(0, at), variable.slice(at + 1)];
}

function isSame(given: string, secret: string): boolean {
    const [one, other] = [Buffer.from(given), Buffer.from(secret)];
    return one.length === other.length && timingSafeEqual(one, other);
}

function textOf(file: string): string | undefined {
    try {
        return readFileSync(file, "utf8");
    } catch {
        return undefined;
    }
}
