import * as z from "zod";

import { DIGEST } from "../build/checkImage";
import { printable } from "../../cluster/printable";

const digest = z.string().regex(DIGEST);
const tag = z.string().regex(/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/);
// Which content a tag names: a digest, or only its hash, or "?" (the registry does not tell), or none.
const content = z.string().regex(/^(?:(?:sha256:)?[0-9a-f]{64}|\?|)$/);

const eventSchema = z.discriminatedUnion("event", [
    z.strictObject({ event: z.literal("ready"), floating: z.record(tag, content).optional() }),
    z.strictObject({
        event: z.literal("transferred"),
        architecture: z.string().regex(/^[a-z0-9]{1,20}$/),
        seconds: z.number().nonnegative(),
    }),
    z.strictObject({
        event: z.literal("published"),
        digest,
        immutableTag: tag,
        moved: z.array(tag).max(100),
        ahead: z.record(tag, content),
    }),
]);

/** What the publisher reports about itself. */
export type PublisherEvent = z.infer<typeof eventSchema>;
export type Published = Extract<PublisherEvent, { event: "published" }>;

/** A line that claims to be a report, but is none. */
export class BadEvent extends Error {
    override readonly name = "BadEvent";
}

/**
 * Reads one line of the publisher's output: an event, or undefined for human text. A line that
 * begins like an event must be one, about an architecture that was asked for.
 */
export function readEvent(
    line: string,
    architectures: readonly string[],
): PublisherEvent | undefined {
    if (!line.startsWith('{"event":')) {
        return undefined;
    }
    const event = parse(line);
    if (event.event === "transferred" && !architectures.includes(event.architecture)) {
        throw new BadEvent(
            `it reported the architecture "${event.architecture}", which is not one of ${architectures.join(", ")}`,
        );
    }
    return event;
}

function parse(line: string): PublisherEvent {
    let value: unknown;
    try {
        value = JSON.parse(line);
    } catch {
        throw new BadEvent(`it printed a report that is not JSON: ${printable(line, 200)}`);
    }
    const parsed = eventSchema.safeParse(value);
    if (!parsed.success) {
        const [issue] = parsed.error.issues;
        const where = issue === undefined ? "" : `${issue.path.join(".")}: ${issue.message}`;
        throw new BadEvent(
            `it printed a report that does not keep to the protocol (${printable(where, 200)}; the line: ${printable(line, 200)})`,
        );
    }
    return parsed.data;
}
