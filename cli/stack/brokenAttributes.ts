import { rmSync } from "node:fs";
import { join } from "node:path";

import { z } from "zod";

import { fileBackend, isWhole, namesIn, textOf } from "./fileBackend";

/** What gocloud.dev/blob/fileblob keeps beside each file, as its `xattrs` (attrs.go). */
const ENDING = ".attrs";
const Attributes = z.looseObject({ md5: z.string().nullable() });

/**
 * Removes what cannot be read of the attributes that Pulumi's file backend keeps beside a project's states. Each write
 * of a state empties them first and then writes them (`setAttrs` of gocloud.dev, 0.46): a Pulumi that is killed between
 * the two leaves an empty file. From then on every command on that stack says `failed to load checkpoint: EOF`, and
 * `pulumi stack ls` fails for the whole project, though the state itself is whole; the history's break `pulumi stack
 * history` alone (3.259, each tried). Without attributes the backend takes its defaults, so nothing is lost, nor where
 * another run is just writing them. `say` is told. Other backends are left alone.
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
            const text = textOf(file);
            if (text !== undefined && !isWhole(Attributes, text)) {
                rmSync(file, { force: true });
                say(
                    `${file} was cut off when Pulumi was killed, and is removed: the state beside it is whole`,
                );
            }
        }
    }
}
