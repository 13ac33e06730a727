import { z } from "zod";

const Urn = z.object({ metadata: z.object({ urn: z.string() }) });

/** The parts that count here of a line of pulumi's event log (sdk/go/common/apitype/events.go). */
const Event = z.object({
    resourcePreEvent: Urn.optional(),
    resOutputsEvent: Urn.optional(),
    resOpFailedEvent: Urn.optional(),
});

/** How an update went for one image. */
export interface ImageResult {
    readonly image: string;
    /** What failed, or what did not get its turn; undefined when all is well. */
    readonly problem: string | undefined;
}

const components = /multiarch:index:(MultiArchImage|PromotedImage|Application)$/;

/** Reads from the event log of an update how it went for each image. */
export function imageResults(log: string): ImageResult[] {
    const begun = new Map<string, Set<string>>();
    const done = new Set<string>();
    const failed: string[] = [];
    for (const line of log.split("\n").filter(Boolean)) {
        const event = parse(line);
        const urn = event?.resourcePreEvent?.metadata.urn;
        if (urn !== undefined && components.test(typeOf(urn))) {
            begun.set(nameOf(urn), (begun.get(nameOf(urn)) ?? new Set()).add(urn));
        }
        if (event?.resOutputsEvent !== undefined) {
            done.add(event.resOutputsEvent.metadata.urn);
        }
        if (event?.resOpFailedEvent !== undefined) {
            failed.push(nameOf(event.resOpFailedEvent.metadata.urn));
        }
    }
    return [...begun].map(([image, urns]) => {
        const own = failed.filter((name) => imageOf(name, [...begun.keys()]) === image);
        const unfinished = [...urns].some((urn) => !done.has(urn));
        const problem =
            own.length > 0 ? `failed: ${own.join(", ")}` : unfinished ? "not finished" : undefined;
        return { image, problem };
    });
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
