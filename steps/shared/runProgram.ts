import type { Reporter } from "./progress";
import { firstBytes, printable } from "../../cluster/printable";

const PARENT_INTERVAL = 1_000;
const ERROR_BYTES = 12_000;

/**
 * Runs a program: its result becomes one line of JSON on stdout, everything else goes to stderr.
 * Ends with 0, with 1 after a failure, with 130 when interrupted.
 */
export async function runProgram(
    program: (report: Reporter, signal: AbortSignal) => Promise<unknown>,
): Promise<void> {
    const abort = new AbortController();
    const interrupt = () => {
        abort.abort(new Error("interrupted"));
    };
    process.once("SIGINT", interrupt);
    process.once("SIGTERM", interrupt);
    // Whoever started this may be killed, and nobody reads the result then.
    const parent = process.ppid;
    const orphaned = setInterval(() => {
        if (process.ppid !== parent) {
            interrupt();
        }
    }, PARENT_INTERVAL);
    orphaned.unref();
    // A reader that went away must not turn into an exception.
    process.stdout.on("error", () => undefined);
    process.stderr.on("error", () => undefined);
    const report: Reporter = (line) => {
        process.stderr.write(`${line}\n`);
    };
    try {
        const result = await program(report, abort.signal);
        await written(process.stdout, `${JSON.stringify(result)}\n`);
        process.exitCode = 0;
    } catch (error) {
        await written(process.stderr, `${describe(error)}\n`);
        process.exitCode = abort.signal.aborted ? 130 : 1;
    } finally {
        clearInterval(orphaned);
    }
    // Connections that are kept alive for a next request need not be waited for.
    process.exit();
}

/** What to show of an error: its message, line by line, and no stack trace. */
export function describe(error: unknown): string {
    const text = error instanceof Error ? error.message : String(error);
    return firstBytes(text, ERROR_BYTES)
        .split("\n")
        .map((line) => printable(line, 1_500))
        .join("\n");
}

function written(stream: NodeJS.WriteStream, text: string): Promise<void> {
    return new Promise((resolve) => {
        stream.write(text, () => {
            resolve();
        });
    });
}
