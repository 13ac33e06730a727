import { readFile, writeFile } from "node:fs/promises";
import { text } from "node:stream/consumers";
import { parseArgs } from "node:util";

import { runMain } from "./commandLine/main";
import { UsageError } from "../config/usageError";
import { svgText } from "./timeline/svg";
import { timelinesOf } from "./timeline/timeline";

const usage = "pulumi stack output --json | npm run timeline -- [--outputs FILE] [--out FILE]";

/** `npm run timeline`: draws what the last update took, from the stack's outputs, as SVG. */
const help = {
    name: "timeline",
    what: "Draws what the last update took, from the stack's outputs, as SVG.",
    usage: [usage],
    options: [
        ["--outputs FILE", "the outputs as JSON; standard input if none is given"],
        ["--out FILE", "write the drawing to a file"],
    ],
    failure: "the drawing cannot be written",
} as const;

runMain(help, async (words) => {
    const { outputs, out } = read(words);
    const drawing = svgText(timelinesOf(await json(outputs)));
    if (out === undefined) {
        process.stdout.write(drawing);
    } else {
        await writeFile(out, drawing);
    }
    return 0;
});

function read(args: string[]) {
    const file = { type: "string" } as const;
    try {
        return parseArgs({ args, allowPositionals: false, options: { outputs: file, out: file } })
            .values;
    } catch (error) {
        const message = error instanceof Error ? error.message : String(error);
        throw new UsageError(`${message.split(". ")[0] ?? message}.\n${usage}`);
    }
}

async function json(file: string | undefined): Promise<unknown> {
    if (file === undefined && process.stdin.isTTY) {
        throw new UsageError(`expected the stack's outputs on standard input.\n${usage}`);
    }
    const content = file === undefined ? await text(process.stdin) : await readFile(file, "utf8");
    try {
        return JSON.parse(content);
    } catch {
        throw new UsageError(`${file ?? "standard input"} is no JSON.\n${usage}`);
    }
}
