import { Api } from "../../../simulator/api/api";
import type { ApiObject } from "../../../simulator/api/apiObject";
import { Store } from "../../../simulator/api/store";

const PODS = "/api/v1/namespaces/shop/pods";

function start() {
    const store = new Store(() => Date.UTC(2026, 10, 26));
    const api = new Api(store, []);
    const ask = async (method: string, path: string, body?: unknown) => {
        const { status, body: answer } = await api.handle({ method, path, body });
        return {
            status,
            answer: answer as ApiObject & { items: ApiObject[]; message: string; reason: string },
        };
    };
    return { store, api, ask };
}

const pod = (name: string, labels: Record<string, string> = {}, rest: object = {}) => ({
    kind: "Pod",
    metadata: { name, namespace: "shop", labels },
    spec: { nodeName: "amd64-0" },
    ...rest,
});

describe("objects", () => {
    it("get what a server gives them, and are listed with one version", async () => {
        const { ask } = start();
        const { status, answer } = await ask("POST", PODS, pod("a"));
        expect(status).toBe(201);
        expect(answer.metadata).toMatchObject({
            generation: 1,
            creationTimestamp: "2026-11-26T00:00:00Z",
        });
        expect(answer.status).toEqual({});
        const list = (await ask("GET", PODS)).answer;
        expect(list.metadata.resourceVersion).toBe(answer.metadata.resourceVersion);
        expect(list.items.map(({ metadata }) => metadata.name)).toEqual(["a"]);
    });

    it("are refused twice, and not found where they are not, in the words of Kubernetes", async () => {
        const { ask } = start();
        await ask("POST", PODS, pod("a"));
        expect(await ask("POST", PODS, pod("a"))).toMatchObject({
            status: 409,
            answer: { reason: "AlreadyExists", message: 'pods "a" already exists' },
        });
        expect(await ask("GET", "/apis/apps/v1/namespaces/shop/deployments/b")).toMatchObject({
            status: 404,
            answer: { reason: "NotFound", message: 'deployments.apps "b" not found' },
        });
        expect((await ask("GET", "/nowhere")).status).toBe(404);
    });

    it("are changed by merge patches, and have a new generation for a new spec alone", async () => {
        const { ask } = start();
        await ask("POST", PODS, pod("a", { app: "x", gone: "y" }));
        const status = (await ask("PATCH", `${PODS}/a`, { status: { phase: "Running" } })).answer;
        expect(status.metadata.generation).toBe(1);
        const { answer } = await ask("PATCH", `${PODS}/a`, {
            metadata: { labels: { gone: null } },
            spec: { nodeName: "b" },
        });
        expect([answer.metadata.generation, answer.metadata.labels]).toEqual([2, { app: "x" }]);
        expect(answer.status).toEqual({ phase: "Running" });
        const same = (await ask("PATCH", `${PODS}/a`, { spec: { nodeName: "b" } })).answer;
        expect(same.metadata.resourceVersion).toBe(answer.metadata.resourceVersion);
    });

    it.each([
        ["labelSelector=app%3Dx", ["a"]],
        ["labelSelector=app", ["a", "b"]],
        ["labelSelector=!app", ["c"]],
        ["labelSelector=app!%3Dx", ["b", "c"]],
        ["labelSelector=app%3Dx,tier%3Dnone", []],
        ["fieldSelector=metadata.name%3Db", ["b"]],
        ["fieldSelector=status.phase%3DRunning", ["c"]],
    ])("are selected by %s", async (query, names) => {
        const { ask } = start();
        await ask("POST", PODS, pod("a", { app: "x" }));
        await ask("POST", PODS, pod("b", { app: "y" }));
        await ask("POST", PODS, pod("c", {}, { status: { phase: "Running" } }));
        const { items } = (await ask("GET", `${PODS}?${query}`)).answer;
        expect(items.map(({ metadata }) => metadata.name)).toEqual(names);
    });

    it("take what they own, and a namespace all that is in it, with them", async () => {
        const { ask, store } = start();
        const owner = (await ask("POST", "/apis/batch/v1/namespaces/shop/jobs", pod("job"))).answer;
        await ask("POST", PODS, {
            ...pod("own"),
            spec: {},
            metadata: {
                name: "own",
                namespace: "shop",
                ownerReferences: [{ uid: owner.metadata.uid }],
            },
        });
        await ask("POST", PODS, pod("other", {}, { spec: {} }));
        await ask("DELETE", "/apis/batch/v1/namespaces/shop/jobs/job");
        expect(store.list(PODS).map(({ metadata }) => metadata.name)).toEqual(["other"]);
        await ask("POST", "/api/v1/namespaces", { metadata: { name: "shop" } });
        await ask("DELETE", "/api/v1/namespaces/shop");
        expect(store.list(PODS)).toEqual([]);
    });
});

describe("a watch", () => {
    async function watch(
        query: string,
        act: (started: ReturnType<typeof start>) => Promise<void>,
        count: number,
    ) {
        const started = start();
        await started.ask("POST", PODS, pod("a", { app: "x" }));
        const abort = new AbortController();
        const { stream } = await started.api.handle({
            method: "GET",
            path: `${PODS}?watch=true&${query}`,
            signal: abort.signal,
        });
        await act(started);
        const events: { type: string; object: ApiObject & { code?: number } }[] = [];
        for await (const chunk of stream ?? []) {
            events.push(JSON.parse(Buffer.from(chunk).toString()) as (typeof events)[number]);
            if (events.length === count) {
                abort.abort();
            }
        }
        return events.map(
            ({ type, object }) =>
                `${type} ${type === "ERROR" ? (object.code ?? "") : object.metadata.name}`,
        );
    }

    it("shows what there is and then what changes, without a version", async () => {
        const events = await watch(
            "",
            async ({ ask }) => {
                // The first line is asked for before the stream is read: what happens meanwhile is not lost.
                await ask("POST", PODS, pod("b"));
            },
            2,
        );
        expect(events).toEqual(["ADDED a", "ADDED b"]);
    });

    it("shows the changes since a version, of what is selected alone", async () => {
        const events = await watch(
            "resourceVersion=2&labelSelector=app%3Dx",
            async ({ ask }) => {
                await ask("POST", PODS, pod("b"));
                await ask("PATCH", `${PODS}/a`, { status: { phase: "Running" } });
                await ask("DELETE", `${PODS}/a`, { gracePeriodSeconds: 0 });
            },
            3,
        );
        expect(events).toEqual(["MODIFIED a", "MODIFIED a", "DELETED a"]);
    });

    it("ends with 410 for a version that is forgotten", async () => {
        const events = await watch(
            "resourceVersion=1",
            ({ store }) => {
                store.compact();
                return Promise.resolve();
            },
            1,
        );
        expect(events).toEqual(["ERROR 410"]);
    });

    it("ends when the server is restarted", async () => {
        const { api } = start();
        const { stream } = await api.handle({ method: "GET", path: `${PODS}?watch=true` });
        const reading = (async () => {
            const chunks = [];
            for await (const chunk of stream ?? []) {
                chunks.push(chunk);
            }
            return chunks;
        })();
        await new Promise(setImmediate);
        api.cutWatches();
        expect(await reading).toEqual([]);
    });
});
