import { ApiError, ConnectionError } from "../../../cluster/apiError";
import { inProcessCluster } from "../../../simulator/api/inProcessCluster";
import { map, MAPS, start } from "./started";

const signal = new AbortController().signal;

async function cluster(user?: string) {
    const started = await start();
    return { ...started, cluster: inProcessCluster(started.api, started.clock, user) };
}

describe("the program's way to a simulated cluster", () => {
    it("creates, changes, reads and watches", async () => {
        const { cluster: it } = await cluster();
        await it.post(MAPS, map("a", { x: "1" }), signal);
        expect(await it.patch(`${MAPS}/a`, { data: { x: "2" } }, signal)).toMatchObject({
            data: { x: "2" },
        });
        expect(await it.get(`${MAPS}/a`, signal)).toMatchObject({ data: { x: "2" } });
        const types: string[] = [];
        for await (const { type } of it.watch(`${MAPS}?watch=true&resourceVersion=3`, signal)) {
            types.push(type);
        }
        expect(types).toEqual(["ADDED", "MODIFIED"]);
    });

    it("fails with the errors that the network's client has", async () => {
        const { cluster: it } = await cluster("ben");
        const refused = it.get(`${MAPS}/a`, signal);
        await expect(refused).rejects.toThrow(ApiError);
        await expect(refused).rejects.toMatchObject({
            status: 403,
            reason: "Forbidden",
            message: expect.stringContaining(
                'The cluster refused to get configmaps a in namespace shop (403 Forbidden): configmaps "a" is forbidden: User "ben" cannot get resource',
            ) as string,
        });
    });

    it("asks again where the server is away, and gives up in the end", async () => {
        const { cluster: it, api, clock } = await cluster();
        let asked = 0;
        const away = api.intercept(() => {
            asked += 1;
            return asked < 3
                ? { status: 503, headers: { "retry-after": "5" }, body: { message: "away" } }
                : undefined;
        });
        const begin = clock.now();
        expect(await it.get(MAPS, signal)).toMatchObject({ kind: "ConfigMapList" });
        expect([asked, clock.now() - begin]).toEqual([3, 10_000]);
        away();
        let broken = 0;
        api.intercept(() => {
            broken += 1;
            return "reset";
        });
        await expect(it.get(MAPS, signal)).rejects.toThrow(ConnectionError);
        expect(broken).toBe(5);
        await expect(it.post(MAPS, map("a"), signal)).rejects.toThrow(ConnectionError);
        expect(broken).toBe(6);
    });

    it("waits no longer than whoever asks", async () => {
        const { cluster: it, api } = await cluster();
        api.intercept(() => "hang");
        const enough = new AbortController();
        const asked = it.get(MAPS, enough.signal);
        enough.abort(new Error("enough"));
        await expect(asked).rejects.toThrow("enough");
    });
});
