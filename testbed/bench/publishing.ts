import { z } from "zod";

import { run, succeeded } from "../e2e/run";
import { type Part } from "./results";

const Event = z.object({
    event: z.enum(["ready", "transferred", "published"]),
    architecture: z.string().optional(),
    seconds: z.number().optional(),
});

/** What the publisher of one image did. */
export interface Publishing {
    readonly parts: readonly Part[];
    /** Seconds by service and architecture. */
    readonly transfers: Readonly<Record<string, number>>;
    readonly service: string;
    /** When the last copy began. */
    readonly lastCopy: number;
    /** When it was done. */
    readonly at: number;
}

/** Reads it from the log of the publisher's Job, whose lines have their times. */
export async function publishing(
    namespace: string,
    service: string,
    started: number,
): Promise<Publishing> {
    const job = `job/${service}-publisher`;
    const argv = ["oc", "-n", namespace, "logs", job, "--timestamps"];
    return publishingIn(succeeded(await run(argv)), service, started);
}

/** Reads the log of a publisher: lines of JSON, each after its time. */
export function publishingIn(log: string, service: string, started: number): Publishing {
    const events = log.split("\n").flatMap((line) => {
        const [, time = "", json] = /^(\S+) (\{.*\})$/.exec(line) ?? [];
        if (json === undefined) {
            return [];
        }
        return [{ at: (Date.parse(time) - started) / 1000, ...Event.parse(JSON.parse(json)) }];
    });
    const published = events.find(({ event }) => event === "published");
    if (published === undefined) {
        throw new Error(`the publisher of ${service} did not say that it published:\n${log}`);
    }
    const transfers = events.filter(({ event }) => event === "transferred");
    const last = Math.max(...transfers.map(({ at }) => at));
    return {
        service,
        transfers: Object.fromEntries(
            transfers.map((it) => [`${service} ${it.architecture ?? ""}`, it.seconds ?? 0]),
        ),
        lastCopy: Math.max(...transfers.map(({ at, seconds = 0 }) => at - seconds)),
        at: published.at,
        parts: [
            ...transfers.map(({ architecture = "", at, seconds = 0 }) => ({
                row: `${service} copy ${architecture}`,
                stage: "copy",
                from: at - seconds,
                to: at,
            })),
            { row: `${service} list`, stage: "list and tags", from: last, to: published.at },
        ],
    };
}
