import { JOBS, map, MAPS, names, pod, PODS, start } from "./started";

type Ask = Awaited<ReturnType<typeof start>>["ask"];

const job = (name: string) => ({
    metadata: { name },
    spec: {
        template: {
            spec: { restartPolicy: "Never", containers: [{ name: "a", image: "b" }] },
        },
    },
});

/** A Job with a ConfigMap that it owns. */
async function ownedMap(ask: Ask, more: object = {}): Promise<string> {
    const { body } = await ask("POST", JOBS, job("owner"));
    const owner = {
        apiVersion: "batch/v1",
        kind: "Job",
        name: "owner",
        uid: body.metadata.uid,
        blockOwnerDeletion: true,
    };
    await ask("POST", MAPS, map("own", {}, { ownerReferences: [owner], ...more }));
    return body.metadata.uid ?? "";
}

describe("a deletion", () => {
    it("of what nothing keeps is at once, and says what is gone", async () => {
        const { ask } = await start();
        const { body: made } = await ask("POST", MAPS, map("a"));
        expect(await ask("DELETE", `${MAPS}/a`)).toEqual({
            status: 200,
            body: {
                kind: "Status",
                apiVersion: "v1",
                metadata: {},
                status: "Success",
                details: { name: "a", kind: "configmaps", uid: made.metadata.uid },
            },
        });
        expect((await ask("DELETE", `${MAPS}/a`)).status).toBe(404);
    });

    it("is of the one that is meant", async () => {
        const { ask } = await start();
        await ask("POST", MAPS, map("a"));
        const { status, body } = await ask("DELETE", `${MAPS}/a`, { preconditions: { uid: "x" } });
        expect([status, body.reason]).toEqual([409, "Conflict"]);
        expect(body.message).toMatch(/^Precondition failed: UID in precondition: x, UID in object/);
    });

    it("of a pod that runs gives it its time; its kubelet ends that", async () => {
        const { ask } = await start();
        await ask("POST", PODS, pod("a", {}, { nodeName: "n1" }));
        const asked = await ask("DELETE", `${PODS}/a`);
        expect(asked.status).toBe(200);
        expect(asked.body.metadata).toMatchObject({
            deletionTimestamp: "2026-11-26T00:00:30Z",
            deletionGracePeriodSeconds: 30,
            generation: 2,
        });
        const sooner = await ask("DELETE", `${PODS}/a`, { gracePeriodSeconds: 5 });
        expect(sooner.body.metadata).toMatchObject({
            deletionTimestamp: "2026-11-26T00:00:05Z",
            deletionGracePeriodSeconds: 5,
        });
        const later = await ask("DELETE", `${PODS}/a`, { gracePeriodSeconds: 60 });
        expect(later.body.metadata.deletionGracePeriodSeconds).toBe(5);
        expect((await ask("DELETE", `${PODS}/a`, { gracePeriodSeconds: 0 })).status).toBe(200);
        expect((await ask("GET", `${PODS}/a`)).status).toBe(404);
    });

    it("of a pod that no node has is at once", async () => {
        const { ask } = await start();
        await ask("POST", PODS, pod("a"));
        await ask("DELETE", `${PODS}/a`);
        expect((await ask("GET", `${PODS}/a`)).status).toBe(404);
    });

    it("waits for finalizers, of which none comes any more", async () => {
        const { ask } = await start();
        await ask("POST", MAPS, map("a", {}, { finalizers: ["example.com/keep"] }));
        const { body } = await ask("DELETE", `${MAPS}/a`);
        expect(body.metadata.deletionTimestamp).toBe("2026-11-26T00:00:00Z");
        const added = await ask("PATCH", `${MAPS}/a`, {
            metadata: { finalizers: ["example.com/keep", "example.com/other"] },
        });
        expect(added.status).toBe(422);
        await ask("PATCH", `${MAPS}/a`, { metadata: { finalizers: null } });
        expect((await ask("GET", `${MAPS}/a`)).status).toBe(404);
    });

    it("takes with it what is owned", async () => {
        const { ask } = await start();
        await ownedMap(ask);
        await ask("POST", MAPS, map("other"));
        await ask("DELETE", `${JOBS}/owner`);
        expect(names((await ask("GET", MAPS)).body.items)).toEqual(["other"]);
    });

    it("leaves what is owned where it is asked to, or where somebody else owns it too", async () => {
        const { ask } = await start();
        await ownedMap(ask);
        await ask("DELETE", `${JOBS}/owner?propagationPolicy=Orphan`);
        const { body } = await ask("GET", `${MAPS}/own`);
        expect(body.metadata.ownerReferences).toBeUndefined();
        const two = [await ask("POST", MAPS, map("one")), await ask("POST", MAPS, map("two"))];
        const ownerReferences = two.map(({ body: { metadata } }) => ({
            apiVersion: "v1",
            kind: "ConfigMap",
            name: metadata.name,
            uid: metadata.uid,
        }));
        await ask("POST", MAPS, map("shared", {}, { ownerReferences }));
        await ask("DELETE", `${MAPS}/one`);
        const shared = (await ask("GET", `${MAPS}/shared`)).body;
        expect(shared.metadata.ownerReferences?.map(({ name }) => name)).toEqual(["two"]);
        await ask("DELETE", `${MAPS}/two`);
        expect((await ask("GET", `${MAPS}/shared`)).status).toBe(404);
    });

    it("in the foreground waits for what is owned", async () => {
        const { ask } = await start();
        await ownedMap(ask, { finalizers: ["example.com/keep"] });
        const { status, body } = await ask("DELETE", `${JOBS}/owner`, {
            propagationPolicy: "Foreground",
        });
        expect([status, body.metadata.finalizers]).toEqual([202, ["foregroundDeletion"]]);
        await ask("PATCH", `${MAPS}/own`, { metadata: { finalizers: null } });
        expect((await ask("GET", `${JOBS}/owner`)).status).toBe(404);
    });

    it("of an owner that is gone already comes when what it owned is created", async () => {
        const { ask } = await start();
        const gone = [{ apiVersion: "v1", kind: "ConfigMap", name: "gone", uid: "gone" }];
        expect((await ask("POST", MAPS, map("a", {}, { ownerReferences: gone }))).status).toBe(201);
        expect((await ask("GET", `${MAPS}/a`)).status).toBe(404);
    });

    it("of a namespace waits for what is in it, and nothing new comes", async () => {
        const { ask } = await start();
        await ask("POST", MAPS, map("a"));
        await ask("POST", PODS, pod("b", {}, { nodeName: "n1" }));
        const { body } = await ask("DELETE", "/api/v1/namespaces/shop");
        expect(body.status).toEqual({ phase: "Terminating" });
        expect(names((await ask("GET", MAPS)).body.items)).toEqual([]);
        const refused = await ask("POST", MAPS, map("c"));
        expect([refused.status, refused.body.message]).toEqual([
            403,
            'configmaps "c" is forbidden: unable to create new content in namespace shop because it is being terminated',
        ]);
        await ask("DELETE", `${PODS}/b`, { gracePeriodSeconds: 0 });
        expect((await ask("GET", "/api/v1/namespaces/shop")).status).toBe(404);
    });

    it("of many is of those that are selected", async () => {
        const { ask } = await start();
        await ask("POST", MAPS, map("a", {}, { labels: { app: "x" } }));
        await ask("POST", MAPS, map("b"));
        const { body } = await ask("DELETE", `${MAPS}?labelSelector=app%3Dx`);
        expect([body.kind, names(body.items)]).toEqual(["ConfigMapList", ["a"]]);
        expect(names((await ask("GET", MAPS)).body.items)).toEqual(["b"]);
    });
});

describe("a pod", () => {
    it("is bound to a node once", async () => {
        const { ask } = await start();
        await ask("POST", PODS, pod("a"));
        const bind = () => ask("POST", `${PODS}/a/binding`, { target: { name: "n1" } });
        expect((await bind()).status).toBe(201);
        const { body } = await ask("GET", `${PODS}/a`);
        expect([body.spec?.["nodeName"], body.status?.["conditions"]]).toEqual([
            "n1",
            [
                {
                    type: "PodScheduled",
                    status: "True",
                    lastProbeTime: null,
                    lastTransitionTime: "2026-11-26T00:00:00Z",
                },
            ],
        ]);
        const again = await bind();
        expect([again.status, again.body.message]).toEqual([
            409,
            'Operation cannot be fulfilled on pods/binding "a": pod a is already assigned to node "n1"',
        ]);
    });

    it("that is evicted is told so, and has its time", async () => {
        const { ask } = await start();
        await ask("POST", PODS, pod("a", {}, { nodeName: "n1" }));
        expect((await ask("POST", `${PODS}/a/eviction`, {})).status).toBe(201);
        const { body } = await ask("GET", `${PODS}/a`);
        expect(body.metadata.deletionGracePeriodSeconds).toBe(30);
        expect(body.status?.["conditions"]).toMatchObject([
            { type: "DisruptionTarget", reason: "EvictionByEvictionAPI" },
        ]);
    });
});
