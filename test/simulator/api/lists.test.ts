import { map, MAPS, names, pod, PODS, start } from "./started";

describe("a list", () => {
    it("has one version, and says once what its objects are", async () => {
        const { ask } = await start();
        await ask("POST", MAPS, map("b"));
        await ask("POST", MAPS, map("a"));
        const { body } = await ask("GET", MAPS);
        expect([body.kind, body.apiVersion]).toEqual(["ConfigMapList", "v1"]);
        expect(body.metadata).toEqual({ resourceVersion: "5" });
        expect(body.items.map(({ kind, metadata }) => [kind, metadata.name])).toEqual([
            [undefined, "a"],
            [undefined, "b"],
        ]);
    });

    it("is of all namespaces without one", async () => {
        const { ask } = await start();
        await ask("POST", "/api/v1/namespaces", { metadata: { name: "other" } });
        await ask("POST", MAPS, map("b"));
        await ask("POST", "/api/v1/namespaces/other/configmaps", map("a"));
        expect(names((await ask("GET", "/api/v1/configmaps")).body.items)).toEqual(["a", "b"]);
        expect(names((await ask("GET", MAPS)).body.items)).toEqual(["b"]);
    });

    it.each([
        ["labelSelector=app%3Dx", ["a"]],
        ["labelSelector=app%3D%3Dx", ["a"]],
        ["labelSelector=app", ["a", "b"]],
        ["labelSelector=!app", ["c"]],
        ["labelSelector=app!%3Dx", ["b", "c"]],
        ["labelSelector=app in (x,y),tier notin (back)", ["a", "b"]],
        ["labelSelector=app%3Dx,tier%3Dnone", []],
        ["fieldSelector=metadata.name%3Db", ["b"]],
        ["fieldSelector=metadata.name!%3Db", ["a", "c"]],
        ["fieldSelector=status.phase%3DPending,spec.nodeName%3Dn1", ["c"]],
    ])("is selected by %s", async (query, expected) => {
        const { ask } = await start();
        await ask("POST", PODS, pod("a", { labels: { app: "x" } }));
        await ask("POST", PODS, pod("b", { labels: { app: "y", tier: "front" } }));
        await ask("POST", PODS, pod("c", {}, { nodeName: "n1" }));
        expect(names((await ask("GET", `${PODS}?${query}`)).body.items)).toEqual(expected);
    });

    it("is not selected by a field that its kind has not", async () => {
        const { ask } = await start();
        const { status, body } = await ask("GET", `${PODS}?fieldSelector=spec.color%3Dred`);
        expect([status, body.message]).toEqual([
            400,
            'Unable to find "/v1, Resource=pods" that match label selector "", field selector "spec.color=red": field label not supported: spec.color',
        ]);
    });

    it("is read in pages that are all of one moment", async () => {
        const { ask } = await start();
        for (const name of ["a", "b", "c", "d"]) {
            await ask("POST", MAPS, map(name));
        }
        const first = (await ask("GET", `${MAPS}?limit=3`)).body;
        expect(names(first.items)).toEqual(["a", "b", "c"]);
        const metadata = first.metadata as unknown as Record<string, unknown>;
        expect(metadata["remainingItemCount"]).toBe(1);
        await ask("DELETE", `${MAPS}/d`);
        await ask("POST", MAPS, map("e"));
        const token = encodeURIComponent(String(metadata["continue"]));
        const second = (await ask("GET", `${MAPS}?limit=3&continue=${token}`)).body;
        expect(names(second.items)).toEqual(["d"]);
        expect(second.metadata).toEqual({ resourceVersion: first.metadata.resourceVersion });
    });

    it("cannot go on after its version is forgotten", async () => {
        const { ask, api } = await start();
        await ask("POST", MAPS, map("a"));
        await ask("POST", MAPS, map("b"));
        const { metadata } = (await ask("GET", `${MAPS}?limit=1`)).body;
        const token = String((metadata as unknown as Record<string, unknown>)["continue"]);
        await ask("POST", MAPS, map("c"));
        api.compact();
        const { status, body } = await ask("GET", `${MAPS}?limit=1&continue=${token}`);
        expect([status, body.reason]).toEqual([410, "Expired"]);
    });

    it("is of an older version where exactly that is asked for, and waits for none that is to come", async () => {
        const { ask } = await start();
        await ask("POST", MAPS, map("a"));
        const version = (await ask("GET", MAPS)).body.metadata.resourceVersion ?? "";
        await ask("POST", MAPS, map("b"));
        const query = `resourceVersion=${version}&resourceVersionMatch=Exact`;
        expect(names((await ask("GET", `${MAPS}?${query}`)).body.items)).toEqual(["a"]);
        expect(names((await ask("GET", `${MAPS}?resourceVersion=0`)).body.items)).toEqual([
            "a",
            "b",
        ]);
        const { status, body } = await ask("GET", `${MAPS}?resourceVersion=99`);
        expect([status, body.message]).toEqual([504, "Too large resource version: 99, current: 5"]);
    });
});
