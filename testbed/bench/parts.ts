import { OTHER } from "../../cli/timeline/timeline";
import { type ObservedBuild } from "./observed";
import { type Part } from "./results";

/**
 * A build as parts of its row's time line. OpenShift tells in milliseconds how long each stage took, but only in
 * seconds when it began: each is drawn from the middle of that second, after the one before it and within the build.
 */
export function buildParts(
    build: ObservedBuild,
    row: string,
    since: (moment: number) => number,
): Part[] {
    const parts: Part[] = [];
    let at = since(build.created);
    const end = since(build.completed);
    const add = (stage: string, to: number) => {
        if (to > at) {
            parts.push({ row, stage, from: at, to });
            at = to;
        }
    };
    for (const { name, seconds, second } of build.stages) {
        add(OTHER.waiting, Math.min(since(second) + 0.5, end));
        add(name, Math.min(at + seconds, end));
    }
    add("ending", end);
    return parts;
}

/** Waits up to 30 s for what a watch is about to tell. */
export async function until<T>(what: string, look: () => T | undefined): Promise<T> {
    const limit = Date.now() + 30_000;
    for (;;) {
        const found = look();
        if (found !== undefined) {
            return found;
        }
        if (Date.now() > limit) {
            throw new Error(`not seen within 30 s: ${what}`);
        }
        await new Promise((resolve) => setTimeout(resolve, 100));
    }
}
