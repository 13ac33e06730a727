import * as pulumi from "@pulumi/pulumi";

import { UsageError } from "../../config/usageError";
import { endOnClosedPipe } from "./closedPipe";
import { asksForHelp, type Help, helpText } from "./help";

/**
 * Runs a command, or shows its help, and sets the exit code: 2 for a request that cannot be followed, 1 for an error. A stack
 * trace is only shown for a fault of the program itself. A reader that goes away ends it quietly.
 */
export function runMain(help: Help, command: (words: string[]) => Promise<number>): void {
    const words = process.argv.slice(2);
    endOnClosedPipe();
    if (asksForHelp(words)) {
        process.stdout.write(helpText(help));
        return;
    }
    // Also what a command throws before it waits for anything.
    const run = async () => command(words);
    run().then(
        (code) => {
            process.exitCode = code;
        },
        (error: unknown) => {
            process.exitCode = error instanceof UsageError ? 2 : 1;
            process.stderr.write(`${describe(help.name, error)}\n`);
        },
    );
}

function describe(name: string, error: unknown): string {
    if (error instanceof UsageError) {
        return `${name}: ${error.message}`;
    }
    if (pulumi.RunError.isInstance(error)) {
        return error.message;
    }
    return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
