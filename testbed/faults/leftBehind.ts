import { execFile } from "node:child_process";
import { readdirSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

import { paths } from "../sandbox/settings";

/** Where programs leave things: temporary files, caches, Pulumi's home, and dumps beside the program. */
const places = [tmpdir(), join(homedir(), ".cache"), join(homedir(), ".pulumi"), paths.repository];

/** Folders of other people's files. */
const others = ["node_modules", ".git", "bin", "plugins", "_npx", "pip"];

/** Files of at most 20 MB that were written since then, wherever programs leave things. */
export async function filesSince(time: number): Promise<string[]> {
    const since = new Date(time).toISOString();
    const skipped = others.flatMap((name, index) => [
        ...(index === 0 ? [] : ["-o"]),
        "-name",
        name,
    ]);
    const wanted = ["-type", "f", "-newermt", since, "-size", "-20M"];
    // A folder may go while it is searched, and others' may be closed: find then ends with 1.
    const { stdout } = await promisify(execFile)(
        "find",
        [
            ...places,
            "-xdev",
            "-type",
            "d",
            "(",
            ...skipped,
            ")",
            "-prune",
            "-o",
            ...wanted,
            "-print",
        ],
        { maxBuffer: 64 * 1024 * 1024 },
    ).catch((error: unknown) => error as { stdout: string });
    return stdout.split("\n").filter(Boolean);
}

/** All files below a folder; none when there is no such folder. */
export function filesBelow(folder: string): string[] {
    try {
        return readdirSync(folder, { recursive: true, withFileTypes: true })
            .filter((entry) => entry.isFile())
            .map((entry) => join(entry.parentPath, entry.name));
    } catch {
        return [];
    }
}
