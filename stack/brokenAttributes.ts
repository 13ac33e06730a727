import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";

import { z } from "zod";

import { fileBackend } from "./fileBackend";

/** What gocloud.dev/blob/fileblob keeps beside each file, as its `xattrs` (attrs.go). */
const ENDING = ".attrs";
const Attributes = z.looseObject({ md5: z.string().nullable() });

/**
 * Removes what cannot be read of the attributes that Pulumi's file backend keeps beside a project's states. Each write
 * of a state empties them first and then writes them (`setAttrs` of gocloud.dev, 0.46): a Pulumi that is killed between
 * the two leaves an empty file, and every command on any of the project's stacks says `failed to load checkpoint: EOF`
 * from then on (3.259, tried), though the state itself is whole. Without attributes the backend takes its defaults, so
 * nothing is lost, nor where another run is just writing them. `say` is told. Other backends are left alone.
 */
export function removeBrokenAttributes(
    backend: string,
    project: string,
    say: (text: string) => void,
): void {
    const root = fileBackend(backend);
    if (root === undefined) {
        return;
    }
    const states = join(root, "stacks", project);
    const history = join(root, "history", project);
    const folders = [states, ...namesIn(history).map((stack) => join(history, stack))];
    for (const folder of folders) {
        for (const name of namesIn(folder).filter((it) => it.endsWith(ENDING))) {
            const file = join(folder, name);
            if (!isReadable(file)) {
                rmSync(file, { force: true });
                say(
                    `${file} was cut off when Pulumi was killed, and is removed: the state beside it is whole`,
                );
            }
        }
    }
}

function isReadable(file: string): boolean {
    let text: string;
    try {
        text = readFileSync(file, "utf8");
    } catch {
        // Gone meanwhile, or not ours to read: Pulumi will say.
        return true;
    }
    try {
        return Attributes.safeParse(JSON.parse(text)).success;
    } catch {
        return false;
    }
}

function namesIn(folder: string): string[] {
    try {
        return readdirSync(folder);
    } catch {
        return [];
    }
}
