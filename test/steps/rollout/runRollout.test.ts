import type { RolloutRequest, RolloutResult } from "../../../steps/rollout/rolloutRequest";
import { runRollout } from "../../../steps/rollout/runRollout";
import { eventually, FakeClock } from "../../cluster/fakeClock";
import { FakeCluster } from "../../cluster/fakeCluster";
import { EVENTS, PODS } from "../../cluster/objects";

const DEPLOYMENTS = "/apis/apps/v1/namespaces/shop/deployments";
const REPLICA_SETS = "/apis/apps/v1/namespaces/shop/replicasets";
const NEXT = [
    "Next: oc logs api-new-1 -c api -n shop --previous",
    "Next: pulumi up, with a commit or a configuration that does not crash",
];

const request: RolloutRequest = {
    application: "api",
    namespace: "shop",
    deployment: "api",
    generation: 2,
    timeoutSeconds: 300,
};

const deployment = (status: object) => ({
    metadata: {
        name: "api",
        uid: "d1",
        generation: 2,
        annotations: { "deployment.kubernetes.io/revision": "2" },
    },
    spec: { replicas: 2, selector: { matchLabels: { app: "api" } } },
    status: { observedGeneration: 2, ...status },
});
const underWay = { replicas: 3, updatedReplicas: 1, availableReplicas: 2 };
const complete = { replicas: 2, updatedReplicas: 2, availableReplicas: 2 };

const replicaSet = (hash: string, revision: string, owner = "d1") => ({
    metadata: {
        name: `api-${hash}`,
        labels: { app: "api", "pod-template-hash": hash },
        annotations: { "deployment.kubernetes.io/revision": revision },
        ownerReferences: [{ uid: owner }],
    },
});

const pod = (name: string, hash: string, container: object) => ({
    metadata: { name, labels: { app: "api", "pod-template-hash": hash } },
    status: { containerStatuses: [{ name: "api", ...container }] },
});
const crashed = (restartCount: number) => ({
    restartCount,
    state: { waiting: { reason: "CrashLoopBackOff" } },
    lastState: { terminated: { reason: "Error", exitCode: 3 } },
});

describe("runRollout", () => {
    let cluster: FakeCluster;
    let clock: FakeClock;
    let lines: string[];
    let outcome: RolloutResult | Error | undefined;

    beforeEach(() => {
        cluster = new FakeCluster();
        clock = new FakeClock();
        lines = [];
        outcome = undefined;
        cluster.set(REPLICA_SETS, replicaSet("old", "1"));
        cluster.set(REPLICA_SETS, replicaSet("other", "2", "d2"));
        cluster.set(REPLICA_SETS, replicaSet("new", "2"));
    });

    function start(): void {
        const report = (line: string) => lines.push(line);
        runRollout(request, cluster, report, undefined, clock).then(
            (result) => (outcome = result),
            (error: unknown) => (outcome = error as Error),
        );
    }

    function logs(name: string, text: string): void {
        const log = cluster.log(`${PODS}/${name}/log`);
        log.push(Buffer.from(text));
        log.end();
    }

    async function result(): Promise<RolloutResult | Error> {
        const known = await eventually(() => outcome, "the outcome");
        expect(cluster.openWatches).toBe(0);
        expect(clock.waiting).toBe(0);
        return known;
    }

    async function failure(): Promise<string> {
        const error = await result();
        expect(error).toBeInstanceOf(Error);
        return (error as Error).message;
    }

    it("is over when every pod is of the newest template and serves", async () => {
        cluster.set(DEPLOYMENTS, deployment(underWay));
        start();
        await eventually(() => lines.length === 1, "a line");
        cluster.set(DEPLOYMENTS, deployment(complete));

        expect(await result()).toEqual({ replicas: 2, seconds: 0 });
        expect(lines).toEqual([
            "api rollout  0 of 2 pods serve  0 s",
            "api rollout  rolled out: 2 pods serve  0 s",
        ]);
    });

    it.each([
        ["that its controller has not seen", { ...complete, observedGeneration: 1 }],
        ["with an old pod left", { ...complete, replicas: 3 }],
        ["with a pod that does not serve", { ...complete, availableReplicas: 1 }],
        ["with a pod that is missing", { ...complete, updatedReplicas: 1, availableReplicas: 1 }],
    ])("waits for a Deployment %s", async (_, status) => {
        cluster.set(DEPLOYMENTS, deployment(status));
        start();
        await eventually(() => cluster.openWatches > 0, "a watch");
        expect(outcome).toBeUndefined();
        cluster.set(DEPLOYMENTS, deployment(complete));

        expect(await result()).toEqual({ replicas: 2, seconds: 0 });
    });

    it("tells a crash at once, and gives up at the third with the end of its log", async () => {
        cluster.set(DEPLOYMENTS, deployment(underWay));
        cluster.set(PODS, pod("api-new-1", "new", { ready: true }));
        logs("api-new-1", "starting\npanic: no database\n");
        start();
        await eventually(() => cluster.openWatches === 2, "both watches");
        for (const count of [1, 2]) {
            cluster.set(PODS, pod("api-new-1", "new", crashed(count)));
        }
        await eventually(() => lines.length === 2, "the crash");
        expect(outcome).toBeUndefined();
        cluster.set(PODS, pod("api-new-1", "new", crashed(3)));

        expect((await failure()).split("\n")).toEqual([
            "api: the rollout of Deployment api failed: pod api-new-1 crashed 3 times. Pods that served before go on serving.",
            "Its container api ended: Error, exit code 3.",
            "The last lines of its log:",
            "  | starting",
            "  | panic: no database",
            ...NEXT,
        ]);
        expect(lines[1]).toBe("api rollout  pod api-new-1 crashed: Error, exit code 3  0 s");
    });

    it("reads the log of the container before, when the pod has been started again", async () => {
        cluster.set(DEPLOYMENTS, deployment(underWay));
        cluster.set(PODS, pod("api-new-1", "new", { ready: true }));
        logs("api-new-1", "panic\n");
        start();
        await eventually(() => cluster.openWatches === 2, "both watches");
        cluster.set(PODS, pod("api-new-1", "new", { ...crashed(3), state: { running: {} } }));

        await failure();
        expect(cluster.requests).toContain(
            `LOG ${PODS}/api-new-1/log?container=api&tailLines=40&limitBytes=1000000&previous=true`,
        );
    });

    it("gives pods that had crashed before it one more chance", async () => {
        cluster.set(DEPLOYMENTS, deployment(underWay));
        cluster.set(PODS, pod("api-new-1", "new", crashed(7)));
        logs("api-new-1", "panic\n");
        start();
        await eventually(() => lines.length === 2, "the crash");
        expect(outcome).toBeUndefined();
        cluster.set(PODS, pod("api-new-1", "new", crashed(8)));

        expect(await failure()).toContain("pod api-new-1 crashed 8 times");
    });

    it("does not mind crashes of the pods that it replaces, nor of those that go", async () => {
        cluster.set(DEPLOYMENTS, deployment(underWay));
        cluster.set(PODS, pod("api-old-1", "old", crashed(9)));
        const going = pod("api-new-2", "new", crashed(9));
        cluster.set(PODS, {
            ...going,
            metadata: { ...going.metadata, deletionTimestamp: "2026-11-22T17:00:00Z" },
        });
        start();
        await eventually(() => cluster.openWatches === 2, "both watches");
        cluster.set(PODS, pod("api-old-1", "old", crashed(12)));
        cluster.set(DEPLOYMENTS, deployment(complete));

        expect(await result()).toEqual({ replicas: 2, seconds: 0 });
        expect(lines.join()).not.toContain("crashed");
    });

    it("says what a pod waits for when the time is over", async () => {
        cluster.set(DEPLOYMENTS, deployment(underWay));
        cluster.set(PODS, pod("api-new-1", "new", { ready: false, state: { running: {} } }));
        cluster.set(EVENTS, {
            metadata: { name: "e1" },
            involvedObject: { kind: "Pod", name: "api-new-1" },
            type: "Warning",
            reason: "Unhealthy",
            message: "Readiness probe failed: 503",
        });
        logs("api-new-1", "listening\n");
        start();
        await eventually(() => cluster.openWatches === 2, "both watches");
        await clock.advance(300_000);

        expect((await failure()).split("\n")).toEqual([
            "api: the rollout of Deployment api was not complete within 300 s. Pods that served before go on serving.",
            "Pod api-new-1: Unhealthy: Readiness probe failed: 503",
            "The last lines of its log:",
            "  | listening",
            "Next: oc describe deployment api -n shop",
            "Next: when the cause is gone: pulumi up",
        ]);
    });

    it("says why no pod is created", async () => {
        const message = 'pods "api-new-" is forbidden: exceeded quota: pods';
        const condition = { type: "ReplicaFailure", status: "True", message };
        cluster.set(DEPLOYMENTS, deployment({ ...underWay, conditions: [condition] }));
        start();
        await eventually(() => lines.length === 1, "a line");
        await clock.advance(300_000);

        expect(lines).toEqual([`api rollout  ${message}  0 s`]);
        expect(await failure()).toContain(`Why: ${message}`);
    });

    it("ends when the Deployment is deleted", async () => {
        cluster.set(DEPLOYMENTS, deployment(underWay));
        start();
        await eventually(() => cluster.openWatches === 2, "both watches");
        cluster.remove(DEPLOYMENTS, "api");

        expect((await failure()).split("\n")).toEqual([
            "api: the Deployment api in namespace shop was deleted while it was rolled out.",
            "Next: pulumi up --refresh (it declares the Deployment again)",
        ]);
    });
});
