import type { SimClock } from "../clock";
import { readVersion } from "./listing";
import { apiVersionOf, type Kind } from "./kinds";
import type { RequestPath } from "./requestPath";
import { type Selection, selectionOf } from "./selector";
import { failure } from "./statusError";
import type { Store, StoreEvent } from "./store";
import type { ApiObject } from "./types";

// How often a watch that wants them gets bookmarks (Kubernetes 1.36: about once a minute, and just before it ends).
const BOOKMARK = 60_000;
// How long a watch lives that names no time (Kubernetes 1.36: half an hour to an hour).
const LONGEST = 1_800;

/** One event of a watch, as it is sent. */
export interface WatchLine {
    readonly type: "ADDED" | "MODIFIED" | "DELETED" | "BOOKMARK" | "ERROR";
    readonly object: unknown;
}

/** What a watch works with. */
export interface Watching {
    readonly store: Store;
    readonly clock: SimClock;
    readonly kind: Kind;
    readonly request: RequestPath;
    /** Aborted when whoever watches is gone, or the server is. */
    readonly signal: AbortSignal;
}

/**
 * The changes of a kind's objects from a version on; without one, all that there is and then the changes. A version that is
 * forgotten is answered by an event of type ERROR. Ends after `timeoutSeconds`. What happens from the call on is not lost.
 */
export function watch({ store, clock, kind, request, signal }: Watching): AsyncIterable<WatchLine> {
    const { query, namespace } = request;
    const selected = selectionOf(kind, query);
    const queue = new Queue();
    const within = (object: ApiObject) =>
        (namespace === undefined || object.metadata.namespace === namespace) &&
        (request.name === undefined || object.metadata.name === request.name);
    const take = (event: StoreEvent) => {
        const line =
            event.kind === kind && within(event.object) ? lineOf(event, selected) : undefined;
        if (line !== undefined) {
            queue.push(line);
        }
    };
    const bookmark = (annotations?: Readonly<Record<string, string>>): WatchLine => ({
        type: "BOOKMARK",
        object: {
            kind: kind.kind,
            apiVersion: apiVersionOf(kind),
            metadata: {
                resourceVersion: String(store.currentVersion),
                ...(annotations !== undefined && { annotations }),
            },
        },
    });
    const wantsBookmarks = query.get("allowWatchBookmarks") === "true";
    const asksInitial = query.get("sendInitialEvents") === "true";
    const version = query.get("resourceVersion") ?? "";
    try {
        if (asksInitial || version === "" || version === "0") {
            store
                .list(kind, namespace)
                .filter((object) => within(object) && selected(object))
                .forEach((object) => {
                    queue.push({ type: "ADDED", object });
                });
        } else {
            store.since(kind, readVersion(version)).forEach(take);
        }
    } catch (error) {
        queue.push({ type: "ERROR", object: failure(error).body });
        queue.end();
        return queue;
    }
    if (asksInitial && wantsBookmarks) {
        queue.push(bookmark({ "k8s.io/initial-events-end": "true" }));
    }
    const stop = store.listen(take);
    const over = new AbortController();
    const end = () => {
        stop();
        over.abort();
        queue.end();
    };
    signal.addEventListener("abort", end, { once: true });
    queue.onReturn = end;
    if (signal.aborted) {
        end();
        return queue;
    }
    const seconds = Number(query.get("timeoutSeconds") ?? String(LONGEST));
    void live(clock, over.signal, seconds * 1_000, () => {
        if (wantsBookmarks) {
            queue.push(bookmark());
        }
    }).then(end, end);
    return queue;
}

/** Waits as long as a watch lives, and marks the time. */
async function live(
    clock: SimClock,
    signal: AbortSignal,
    milliseconds: number,
    mark: () => void,
): Promise<void> {
    for (let left = milliseconds; left > 0; left -= BOOKMARK) {
        await clock.sleep(Math.min(left, BOOKMARK), signal);
        mark();
    }
}

/** An object that comes to be selected is new to whoever watches, and one that no longer is has gone. */
function lineOf({ type, object, before }: StoreEvent, selected: Selection): WatchLine | undefined {
    const is = type !== "DELETED" && selected(object);
    const was = before !== undefined && selected(before);
    if (is) {
        return { type: was ? "MODIFIED" : "ADDED", object };
    }
    if (!was) {
        return undefined;
    }
    const { resourceVersion } = object.metadata;
    const metadata = { ...before.metadata, resourceVersion } as ApiObject["metadata"];
    return { type: "DELETED", object: type === "DELETED" ? object : { ...before, metadata } };
}

/** Lines that wait for whoever reads them. */
class Queue implements AsyncIterable<WatchLine>, AsyncIterator<WatchLine> {
    onReturn: () => void = () => undefined;
    private readonly lines: WatchLine[] = [];
    private ended = false;
    private waiting: ((result: IteratorResult<WatchLine>) => void) | undefined;

    push(line: WatchLine): void {
        if (this.waiting === undefined) {
            this.lines.push(line);
        } else {
            this.waiting({ value: line, done: false });
            this.waiting = undefined;
        }
    }

    end(): void {
        this.ended = true;
        this.waiting?.({ value: undefined, done: true });
        this.waiting = undefined;
    }

    [Symbol.asyncIterator](): this {
        return this;
    }

    next(): Promise<IteratorResult<WatchLine>> {
        const value = this.lines.shift();
        if (value !== undefined) {
            return Promise.resolve({ value, done: false });
        }
        if (this.ended) {
            return Promise.resolve({ value: undefined, done: true });
        }
        return new Promise((resolve) => {
            this.waiting = resolve;
        });
    }

    return(): Promise<IteratorResult<WatchLine>> {
        this.onReturn();
        return Promise.resolve({ value: undefined, done: true });
    }
}
