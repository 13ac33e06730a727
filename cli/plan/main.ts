import * as pulumi from "@pulumi/pulumi";

import { UsageError } from "../../config/usageError";

/**
 * Runs the command `name` and sets the exit code: 2 for a request that cannot be followed, 1 for an error. A stack
 * trace is only shown for a fault of the program itself.
 */
export function runMain(name: string, command: () => Promise<number>): void {
    command().then(
        (code) => {
            process.exitCode = code;
        },
        (error: unknown) => {
            process.stderr.write(`${describe(name, error)}\n`);
            process.exitCode = error instanceof UsageError ? 2 : 1;
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
