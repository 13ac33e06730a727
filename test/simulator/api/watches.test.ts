import type { ApiObject } from "../../../simulator/api/types";
import { map, MAPS, start } from "./started";

type Started = Awaited<ReturnType<typeof start>>;

/** Watches ConfigMaps, of which `a` is there at first, while something is done; `TYPE name` of each event until the watch ends. */
async function watched(
    query: string,
    act: (started: Started) => Promise<void> = () => Promise.resolve(),
): Promise<string[]> {
    const started = await start();
    await started.ask("POST", MAPS, map("a", {}, { labels: { app: "x" } }));
    const path = `${MAPS}?watch=true&timeoutSeconds=90&${query}`;
    const { stream } = await started.api.handle({ method: "GET", path });
    await act(started);
    const events: string[] = [];
    for await (const chunk of stream ?? []) {
        const { type, object } = JSON.parse(Buffer.from(chunk).toString()) as {
            type: string;
            object: ApiObject & { code?: number; message?: string };
        };
        const { name, annotations, resourceVersion } = object.metadata as Partial<
            ApiObject["metadata"]
        >;
        const what =
            type === "ERROR"
                ? `${object.code ?? ""} ${object.message ?? ""}`
                : type === "BOOKMARK"
                  ? [resourceVersion, ...Object.keys(annotations ?? {})].join(" ")
                  : (name ?? "");
        events.push(`${type} ${what}`);
    }
    return events;
}

describe("a watch", () => {
    it("shows what there is and then what changes, without a version, and ends in time", async () => {
        const events = await watched("", async ({ ask }) => {
            await ask("POST", MAPS, map("b"));
        });
        expect(events).toEqual(["ADDED a", "ADDED b"]);
    });

    it("shows the changes since a version", async () => {
        const events = await watched("resourceVersion=4", async ({ ask }) => {
            await ask("POST", MAPS, map("b"));
            await ask("PATCH", `${MAPS}/a`, { data: { x: "1" } });
            await ask("DELETE", `${MAPS}/a`);
        });
        expect(events).toEqual(["ADDED b", "MODIFIED a", "DELETED a"]);
    });

    it("shows what comes to be selected as new, and what no longer is as gone", async () => {
        const events = await watched("resourceVersion=4&labelSelector=app", async ({ ask }) => {
            await ask("POST", MAPS, map("b"));
            await ask("PATCH", `${MAPS}/b`, { metadata: { labels: { app: "y" } } });
            await ask("PATCH", `${MAPS}/a`, { metadata: { labels: { app: null } } });
            await ask("DELETE", `${MAPS}/a`);
        });
        expect(events).toEqual(["ADDED b", "DELETED a"]);
    });

    it("has bookmarks each minute and at its end for whoever wants them", async () => {
        const events = await watched("resourceVersion=4&allowWatchBookmarks=true");
        expect(events).toEqual(["BOOKMARK 4", "BOOKMARK 4"]);
    });

    it("says by a bookmark where what there was ends", async () => {
        const events = await watched(
            "sendInitialEvents=true&allowWatchBookmarks=true&resourceVersionMatch=NotOlderThan&resourceVersion=",
            async ({ api }) => {
                await Promise.resolve();
                api.cutWatches();
            },
        );
        expect(events).toEqual(["ADDED a", "BOOKMARK 4 k8s.io/initial-events-end"]);
    });

    it("from a version that is forgotten gets 410 as an event", async () => {
        const started = await start();
        await started.ask("POST", MAPS, map("a"));
        started.api.compact();
        const { status, stream } = await started.api.handle({
            method: "GET",
            path: `${MAPS}?watch=true&resourceVersion=2`,
        });
        const chunks = [];
        for await (const chunk of stream ?? []) {
            chunks.push(JSON.parse(Buffer.from(chunk).toString()) as unknown);
        }
        expect(status).toBe(200);
        expect(chunks).toEqual([
            {
                type: "ERROR",
                object: {
                    kind: "Status",
                    apiVersion: "v1",
                    metadata: {},
                    status: "Failure",
                    message: "too old resource version: 2 (4)",
                    reason: "Expired",
                    code: 410,
                },
            },
        ]);
    });

    it("ends when the server is restarted, and when whoever watches is gone", async () => {
        const { api, ask } = await start();
        const gone = new AbortController();
        const read = async (signal?: AbortSignal) => {
            const { stream } = await api.handle({
                method: "GET",
                path: `${MAPS}?watch=true`,
                ...(signal && { signal }),
            });
            const chunks: Uint8Array[] = [];
            for await (const chunk of stream ?? []) {
                chunks.push(chunk);
            }
            return chunks.length;
        };
        const [first, second] = [read(), read(gone.signal)];
        gone.abort();
        expect(await second).toBe(0);
        await ask("POST", MAPS, map("a"));
        api.cutWatches();
        expect(await first).toBe(1);
    });
});
