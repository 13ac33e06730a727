import { UsageError } from "../../config/usageError";
import { parseArguments, type Request, usage } from "./arguments";
import { check } from "./check";
import { down, wipe } from "./down";
import { execInSandbox } from "./exec";
import { createRepository } from "./fixture";
import { logs } from "./logs";
import { status, statusTable } from "./status";
import { toolchainFolder } from "./toolchain";
import { up } from "./up";

/** Does what was asked for and returns the exit code. */
async function follow(request: Request): Promise<number> {
    const print = (text: string) => process.stdout.write(text);
    switch (request.verb) {
        case "up":
            await up();
            return 0;
        case "down":
            await down();
            return 0;
        case "wipe":
            await wipe();
            return 0;
        case "status": {
            const components = await status();
            print(statusTable(components));
            return components.every((it) => it.up) ? 0 : 1;
        }
        case "exec":
            return execInSandbox(request.command);
        case "logs":
            print(logs(request.name));
            return 0;
        case "check":
            await check();
            return 0;
        case "toolchain":
            print(`${toolchainFolder()}\n`);
            return 0;
        case "repo":
            print(`${(await createRepository(request.name)).commit}\n`);
            return 0;
        case "help":
            print(usage());
            return 0;
    }
}

async function main(): Promise<void> {
    try {
        process.exitCode = await follow(parseArguments(process.argv.slice(2)));
    } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        process.stderr.write(`sandbox: ${reason}\n`);
        process.exit(error instanceof UsageError ? 2 : 1);
    }
}

void main();
