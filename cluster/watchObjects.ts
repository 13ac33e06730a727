import * as z from "zod";

import { ApiError, describeRequest, isTransient } from "./apiError";
import { Clock } from "./clock";
import { Cluster, withQuery } from "./cluster";
import { listSchema } from "./objects";
import { pauseAfter } from "./retry";

const FAILURES = 10;
const QUIET_PAUSE = 500;

/** What became known about the watched objects. */
export type Change<T> =
    | { kind: "present"; object: T }
    | { kind: "gone"; name: string }
    /** A complete list was just given; it had so many objects. */
    | { kind: "listed"; count: number };

const watched = z.object({
    metadata: z.object({ name: z.string().optional(), resourceVersion: z.string().optional() }),
});

/**
 * Follows the objects that a selector finds: a list, then changes, for as long as it is asked to.
 * Lost connections and expired versions are bridged (by a new list, where needed), ten in a row
 * at most; then, and when the cluster refuses, it throws.
 */
export async function* watchObjects<S extends z.ZodType<{ metadata: { name: string } }>>(
    cluster: Cluster,
    collection: string,
    selector: { fieldSelector: string } | { labelSelector: string },
    schema: S,
    clock: Clock,
    signal: AbortSignal,
): AsyncGenerator<Change<z.infer<S>>> {
    const path = withQuery(collection, { ...selector });
    const known = new Set<string>();
    let version: string | undefined;
    let failures = 0;
    for (;;) {
        signal.throwIfAborted();
        try {
            if (version === undefined) {
                const list = listSchema(schema).parse(await cluster.get(path, signal));
                const names = new Set(list.items.map((item) => item.metadata.name));
                for (const name of [...known].filter((before) => !names.has(before))) {
                    known.delete(name);
                    yield { kind: "gone", name };
                }
                for (const object of list.items) {
                    known.add(object.metadata.name);
                    yield { kind: "present", object };
                }
                yield { kind: "listed", count: list.items.length };
                version = list.metadata.resourceVersion;
            }
            const query = { watch: "true", allowWatchBookmarks: "true" };
            const since: Record<string, string> =
                version === undefined ? {} : { resourceVersion: version };
            let events = 0;
            for await (const event of cluster.watch(
                withQuery(path, { ...query, ...since }),
                signal,
            )) {
                if (event.type === "ERROR") {
                    // The version is too old, or the server lost its place: list again.
                    throw new ApiError(410, "Expired", "", describeRequest("GET", path));
                }
                events++;
                failures = 0;
                const { metadata } = watched.parse(event.object);
                version = metadata.resourceVersion ?? version;
                if (event.type === "DELETED" && metadata.name !== undefined) {
                    known.delete(metadata.name);
                    yield { kind: "gone", name: metadata.name };
                } else if (event.type === "ADDED" || event.type === "MODIFIED") {
                    const object = schema.parse(event.object);
                    known.add(object.metadata.name);
                    yield { kind: "present", object };
                }
            }
            failures = 0;
            if (events === 0) {
                // A server that closes every watch at once must not be asked in a tight loop.
                await clock.sleep(QUIET_PAUSE, signal);
            }
        } catch (error) {
            signal.throwIfAborted();
            const expired = error instanceof ApiError && error.status === 410;
            failures++;
            if ((!expired && !isTransient(error)) || failures > FAILURES) {
                throw error;
            }
            version = undefined;
            await clock.sleep(pauseAfter(error, failures, Math.random), signal);
        }
    }
}
