import { map, MAPS, pod, PODS, SHOP, start } from "./started";

const quota = (hard: Record<string, string>) => ({ metadata: { name: "most" }, spec: { hard } });

/** A pod whose container has these resources. */
const sized = (name: string, resources: object) =>
    pod(name, {}, { containers: [{ name: "web", image: "web:1", resources }] });

describe("a new pod", () => {
    it("gets what the API server adds", async () => {
        const { ask } = await start();
        await ask("PATCH", `${SHOP}/serviceaccounts/default`, {
            imagePullSecrets: [{ name: "default-dockercfg-x" }],
        });
        const { body } = await ask("POST", PODS, sized("a", { limits: { cpu: "1" } }));
        expect(body.spec).toMatchObject({
            serviceAccountName: "default",
            serviceAccount: "default",
            imagePullSecrets: [{ name: "default-dockercfg-x" }],
            priority: 0,
            preemptionPolicy: "PreemptLowerPriority",
            enableServiceLinks: true,
            tolerations: [
                {
                    key: "node.kubernetes.io/not-ready",
                    operator: "Exists",
                    effect: "NoExecute",
                    tolerationSeconds: 300,
                },
                {
                    key: "node.kubernetes.io/unreachable",
                    operator: "Exists",
                    effect: "NoExecute",
                    tolerationSeconds: 300,
                },
                {
                    key: "node.kubernetes.io/memory-pressure",
                    operator: "Exists",
                    effect: "NoSchedule",
                },
            ],
            containers: [{ resources: { limits: { cpu: "1" }, requests: { cpu: "1" } } }],
        });
        expect(body.metadata.annotations).toEqual({ "openshift.io/scc": "restricted-v2" });
        expect(body.status).toEqual({ phase: "Pending", qosClass: "Burstable" });
    });

    it("is refused without its account", async () => {
        const { ask } = await start();
        const { status, body } = await ask("POST", PODS, pod("a", {}, { serviceAccountName: "b" }));
        expect([status, body.message]).toEqual([
            403,
            'pods "a" is forbidden: error looking up service account shop/b: serviceaccount "b" not found',
        ]);
    });
});

describe("a quota", () => {
    it("refuses a pod that does not say what is counted", async () => {
        const { ask } = await start();
        const hard = { "limits.cpu": "1", "limits.memory": "1Gi", pods: "9" };
        await ask("POST", `${SHOP}/resourcequotas`, quota(hard));
        const { status, body } = await ask("POST", PODS, sized("a", { limits: { memory: "1Mi" } }));
        expect([status, body.message]).toEqual([
            403,
            'pods "a" is forbidden: failed quota: most: must specify limits.cpu for: web',
        ]);
        expect((await ask("POST", PODS, pod("b"))).body.message).toBe(
            'pods "b" is forbidden: failed quota: most: must specify limits.cpu for: web; limits.memory for: web',
        );
    });

    it("refuses what is more than is left, and counts nothing that is over", async () => {
        const { ask } = await start();
        await ask("POST", `${SHOP}/resourcequotas`, quota({ "limits.cpu": "1" }));
        const half = { limits: { cpu: "600m" } };
        expect((await ask("POST", PODS, sized("a", half))).status).toBe(201);
        const { status, body } = await ask("POST", PODS, sized("b", half));
        expect([status, body.message]).toEqual([
            403,
            'pods "b" is forbidden: exceeded quota: most, requested: limits.cpu=600m, used: limits.cpu=600m, limited: limits.cpu=1',
        ]);
        await ask("PATCH", `${PODS}/a/status`, { status: { phase: "Succeeded" } });
        expect((await ask("POST", PODS, sized("b", half))).status).toBe(201);
    });

    it("counts objects", async () => {
        const { ask } = await start();
        await ask("POST", `${SHOP}/resourcequotas`, quota({ "count/configmaps": "1" }));
        expect((await ask("POST", MAPS, map("a"))).status).toBe(201);
        expect((await ask("POST", MAPS, map("b"))).body.message).toBe(
            'configmaps "b" is forbidden: exceeded quota: most, requested: count/configmaps=1, used: count/configmaps=1, limited: count/configmaps=1',
        );
    });
});

describe("a limit range", () => {
    it("gives pods what they do not say", async () => {
        const { ask } = await start();
        const limits = [
            { type: "Container", default: { cpu: "500m" }, defaultRequest: { cpu: "100m" } },
        ];
        await ask("POST", `${SHOP}/limitranges`, { metadata: { name: "l" }, spec: { limits } });
        const { body } = await ask("POST", PODS, pod("a"));
        expect(body.spec).toMatchObject({
            containers: [{ resources: { limits: { cpu: "500m" }, requests: { cpu: "100m" } } }],
        });
        expect(body.status).toMatchObject({ qosClass: "Burstable" });
    });

    it("refuses pods that ask for more or less", async () => {
        const { ask } = await start();
        const limits = [
            { type: "Container", max: { memory: "1Gi" }, min: { memory: "64Mi" } },
            { type: "Pod", max: { cpu: "1" } },
        ];
        await ask("POST", `${SHOP}/limitranges`, { metadata: { name: "l" }, spec: { limits } });
        const refused = async (resources: object) =>
            (await ask("POST", PODS, sized("a", resources))).body.message;
        expect(await refused({ limits: { memory: "2Gi", cpu: "1" } })).toBe(
            'pods "a" is forbidden: maximum memory usage per Container is 1Gi, but limit is 2Gi',
        );
        expect(await refused({ limits: { memory: "32Mi" } })).toBe(
            'pods "a" is forbidden: [minimum memory usage per Container is 64Mi, but limit is 32Mi, maximum cpu usage per Pod is 1.  No limit is specified]',
        );
    });
});
