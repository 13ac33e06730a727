import { join } from "node:path";

import { parseArguments, type Request, usage, UsageError } from "./arguments";
import { check } from "./check";
import { down, wipe } from "./down";
import { execInSandbox } from "./exec";
import { createRepository } from "./fixture";
import { logs } from "./logs";
import { ensureRegctl } from "./regctl";
import { architectures, paths } from "./settings";
import { status, statusTable } from "./status";
import { ensureToolchain } from "./toolchain";
import { pack } from "./toolchainArchive";
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
            print(`${await ensureToolchain()}\n`);
            return 0;
        case "pack": {
            const toolchain = await ensureToolchain();
            const regctl = await Promise.all(
                architectures.map((it) => ensureRegctl(toolchain, it)),
            );
            print(
                `${await pack(toolchain, regctl, request.folder ?? join(paths.cache, "pack"))}\n`,
            );
            return 0;
        }
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
