import { z } from "zod";

/** A step of the engine: what it does with a resource (sdk/go/common/apitype/events.go, StepEventMetadata). */
const Step = z.object({ metadata: z.object({ urn: z.string(), op: z.string() }) });

/** The parts that count here of a line of pulumi's event log (sdk/go/common/apitype/events.go). */
const Event = z.object({
    resourcePreEvent: Step.optional(),
    resOutputsEvent: Step.optional(),
    resOpFailedEvent: Step.optional(),
});

/** How an update went for one image. */
export interface ImageResult {
    readonly image: string;
    /** What failed, what did not get its turn, or that it was removed; undefined when all is well. */
    readonly problem: string | undefined;
}

const components = /multiarch:index:(MultiArchImage|PromotedImage|Application)$/;
/** Steps by which a resource is made what it shall be, or found so (pkg/resource/deploy/step.go). */
const MADE = /^(same|create|update|replace|create-replacement|import|import-replacement)$/;
const GONE = /^(delete|delete-replaced|discard|discard-replaced|remove-pending-replace)$/;

/** What was seen of one image's components. */
interface Seen {
    readonly begun: Set<string>;
    readonly done: Set<string>;
    readonly gone: Set<string>;
}

/**
 * Reads from the event log of an update how it went for each image. A refresh before it looks at every resource too, and
 * tells nothing of what the update did: an image that only it has seen was not reached.
 */
export function imageResults(log: string): ImageResult[] {
    const images = new Map<string, Seen>();
    const failed: string[] = [];
    const seen = (urn: string): Seen => {
        const known = images.get(nameOf(urn)) ?? {
            begun: new Set(),
            done: new Set(),
            gone: new Set(),
        };
        images.set(nameOf(urn), known);
        return known;
    };
    for (const line of log.split("\n").filter(Boolean)) {
        const event = parse(line);
        const before = event?.resourcePreEvent?.metadata;
        if (before !== undefined && components.test(typeOf(before.urn))) {
            const { begun, gone } = seen(before.urn);
            if (MADE.test(before.op)) {
                begun.add(before.urn);
            } else if (GONE.test(before.op)) {
                gone.add(before.urn);
            }
        }
        const after = event?.resOutputsEvent?.metadata;
        if (after !== undefined && components.test(typeOf(after.urn)) && MADE.test(after.op)) {
            seen(after.urn).done.add(after.urn);
        }
        const failure = event?.resOpFailedEvent?.metadata;
        if (failure !== undefined) {
            failed.push(nameOf(failure.urn));
        }
    }
    const names = [...images.keys()];
    return [...images].map(([image, found]) => {
        const own = failed.filter((name) => imageOf(name, names) === image);
        return { image, problem: own.length > 0 ? `failed: ${own.join(", ")}` : stateOf(found) };
    });
}

function stateOf({ begun, done, gone }: Seen): string | undefined {
    if (begun.size === 0) {
        return gone.size > 0 ? "removed" : "not reached";
    }
    return [...begun].every((urn) => done.has(urn)) ? undefined : "not finished";
}

/** The summary that an update ends with; nothing where there is only one image. */
export function summaryText(results: readonly ImageResult[]): string {
    const width = Math.max(...results.map(({ image }) => image.length));
    return results.length < 2
        ? ""
        : results
              .map(({ image, problem }) => `  ${image.padEnd(width)}  ${problem ?? "done"}\n`)
              .join("");
}

function parse(line: string) {
    try {
        return Event.parse(JSON.parse(line));
    } catch {
        // The last line of a run that was killed.
        return undefined;
    }
}

/** The image whose resource this is: names of resources begin with it. */
function imageOf(resource: string, images: readonly string[]): string | undefined {
    return images
        .filter((image) => resource === image || resource.startsWith(`${image}-`))
        .sort((one, other) => other.length - one.length)[0];
}

function nameOf(urn: string): string {
    return urn.split("::").at(-1) ?? urn;
}

function typeOf(urn: string): string {
    return urn.split("::").at(-2)?.split("$").at(-1) ?? "";
}
