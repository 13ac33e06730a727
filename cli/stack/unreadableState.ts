import { copyFileSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { z } from "zod";

import { fileBackend, isWhole, nameOf, namesIn, textOf } from "./fileBackend";
import type { Place } from "./place";

/** A file of Pulumi's file backend that holds a stack's state: apitype.VersionedCheckpoint. */
const Checkpoint = z.object({ version: z.number(), checkpoint: z.looseObject({}) });

/**
 * Puts the newest copy that can be read in the place of a stack's state that cannot: Pulumi's file backend leaves an
 * empty file where the disk is full (3.259, tried on the sandbox), and no command of it works from then on. What cannot
 * be read is kept beside it. What the copy does not know of was done by the run that is gone, and is taken over by the
 * next one, like all that a killed run leaves. `say` is told. Other backends and states that can be read are left alone,
 * and so are those that have no copy: Pulumi says so then.
 */
export function restoreState(place: Place, say: (text: string) => void): void {
    const root = fileBackend(place.backend);
    if (root === undefined) {
        return;
    }
    const stack = nameOf(place.stack);
    const file = join(root, "stacks", place.project, `${stack}.json`);
    const state = textOf(file);
    if (state === undefined || isWhole(Checkpoint, state)) {
        return;
    }
    const history = join(root, "history", place.project, stack);
    const copy = [`${file}.bak`, ...checkpointsIn(history)].find((it) =>
        isWhole(Checkpoint, textOf(it)),
    );
    if (copy === undefined) {
        return;
    }
    const kept = `${file}.unreadable`;
    copyFileSync(file, kept);
    const whole = `${file}.whole`;
    try {
        writeFileSync(whole, readFileSync(copy));
        renameSync(whole, file);
    } finally {
        rmSync(whole, { force: true });
    }
    const size = Buffer.byteLength(state);
    const time = statSync(copy).mtime.toISOString().slice(0, 19);
    say(
        `the state of stack ${place.stack} cannot be read (${size} bytes, kept as ${kept}; was the disk full?): ${copy} of ${time}Z takes its place`,
    );
}

/** The states at the end of each update, newest first: nanoseconds since 1970 are in their names. */
function checkpointsIn(folder: string): string[] {
    return namesIn(folder)
        .filter((name) => name.endsWith(".checkpoint.json"))
        .sort()
        .reverse()
        .map((name) => join(folder, name));
}
