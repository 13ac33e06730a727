import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";

import { z } from "zod";

import { fileBackend, nameOf, namesIn } from "./fileBackend";
import { isPulumi, type ReadProcess } from "./processes";

/** A lock of Pulumi's file backend, as pkg/backend/diy/lock.go writes it. */
const Lock = z.object({
    pid: z.number().int(),
    username: z.string(),
    hostname: z.string(),
    timestamp: z.string(),
});

/** A lock, and the file that it is. */
export type Lock = z.infer<typeof Lock> & { readonly file: string };

/** Pulumi counts a lock that its maker did not come to rename (NAME.json.HEX.tmp) as one. */
const LOCK_FILE = /\.json(\.[0-9a-f]+\.tmp)?$/;

/** Who a lock belongs to, as far as this machine can tell. */
export type Verdict = "stale" | "live" | "elsewhere";

/**
 * Says whether the run that made a lock still goes on. Only what is certain frees it: no process of that id, or one that is
 * another program. When a process was started is no proof: clocks are set. What another machine holds is never judged.
 */
export function judge(lock: Lock, host: string, read: ReadProcess): Verdict {
    if (lock.hostname !== host) {
        return "elsewhere";
    }
    const holder = read(lock.pid);
    if (holder === "gone") {
        return "stale";
    }
    return holder === "unknown" || isPulumi(holder) ? "live" : "stale";
}

/** The locks of a stack in a backend of files; none of any other backend, which Pulumi asks itself. */
export function locksOf(backend: string, project: string, stack: string): Lock[] {
    const root = fileBackend(backend);
    if (root === undefined) {
        return [];
    }
    const folder = join(root, "locks/organization", project, nameOf(stack));
    const entries = namesIn(folder).filter((name) => LOCK_FILE.test(name));
    return entries.flatMap((entry) => {
        const file = join(folder, entry);
        try {
            return [{ ...Lock.parse(JSON.parse(readFileSync(file, "utf8"))), file }];
        } catch {
            // Released just now, or of a Pulumi that writes them otherwise: Pulumi will say.
            return [];
        }
    });
}

/**
 * Removes exactly this lock. `pulumi cancel` removes every lock that the stack has at that moment: also the one of
 * somebody who has just found the stale one too, and has begun.
 */
export function releaseLock({ file }: Lock): void {
    rmSync(file, { force: true });
    rmSync(`${file}.attrs`, { force: true });
}
