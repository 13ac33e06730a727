import type { RolloutRequest, RolloutResult } from "../../../steps/rollout/rolloutRequest";
import { runRollout } from "../../../steps/rollout/runRollout";
import { eventually, FakeClock } from "../../cluster/fakeClock";
import { FakeCluster } from "../../cluster/fakeCluster";
import { eventObject, EVENTS, PODS } from "../../cluster/objects";

const DEPLOYMENTS = "/apis/apps/v1/namespaces/shop/deployments";
const REPLICA_SETS = "/apis/apps/v1/namespaces/shop/replicasets";
const SECRETS = "/api/v1/namespaces/shop/secrets";
const REVISION = "deployment.kubernetes.io/revision";
const QUOTA =
    'pods "api-new-7xk2p" is forbidden: failed quota: compute: must specify limits.cpu for: api';

const request: RolloutRequest = {
    application: "api",
    namespace: "shop",
    deployment: "api",
    generation: 2,
    timeoutSeconds: 300,
};
const refused = (message: string) => ({
    conditions: [{ type: "ReplicaFailure", status: "True", reason: "FailedCreate", message }],
});
const deployment = (status: object) => ({
    metadata: { name: "api", uid: "d1", generation: 2, annotations: { [REVISION]: "2" } },
    spec: { replicas: 2, selector: { matchLabels: { app: "api" } } },
    status: { observedGeneration: 2, replicas: 2, availableReplicas: 2, ...status },
});
const replicaSet = (hash: string, revision: string, status: object) => ({
    metadata: {
        name: `api-${hash}`,
        labels: { app: "api", "pod-template-hash": hash },
        annotations: { [REVISION]: revision },
        ownerReferences: [{ uid: "d1" }],
    },
    status,
});
const pod = (waiting: object | undefined) => ({
    metadata: { name: "api-new-1", labels: { app: "api", "pod-template-hash": "new" } },
    status: {
        phase: "Pending",
        containerStatuses: [{ name: "api", restartCount: 0, state: { waiting } }],
    },
});

describe("a rollout that waits in vain", () => {
    let cluster: FakeCluster;
    let clock: FakeClock;
    let outcome: RolloutResult | Error | undefined;

    beforeEach(async () => {
        cluster = new FakeCluster();
        clock = new FakeClock();
        outcome = undefined;
        cluster.set(DEPLOYMENTS, deployment({}));
        cluster.set(REPLICA_SETS, replicaSet("new", "2", {}));
        runRollout(request, cluster, () => undefined, undefined, clock).then(
            (result) => (outcome = result),
            (error: unknown) => (outcome = error as Error),
        );
        await eventually(() => cluster.openWatches === 2, "both watches");
    });

    async function failure(): Promise<string[]> {
        const error = await eventually(() => outcome, "the outcome");
        return error instanceof Error ? error.message.split("\n").slice(0, 3) : [];
    }

    const headline =
        "api: the rollout of Deployment api cannot end. Pods that served before go on serving.";

    it("ends within seconds where the quota of the namespace asks for limits", async () => {
        cluster.set(REPLICA_SETS, replicaSet("new", "2", refused(QUOTA)));
        cluster.set(DEPLOYMENTS, deployment(refused(QUOTA)));
        await clock.advance(10_000);
        expect(await failure()).toEqual([
            headline,
            `Why: ${QUOTA}`,
            "The namespace's ResourceQuota asks for it: set multiarch:images[].application.resources (requests and limits).",
        ]);
    });

    it("goes on where only the pods of the template before are refused", async () => {
        cluster.set(REPLICA_SETS, replicaSet("old", "1", refused(QUOTA)));
        cluster.set(DEPLOYMENTS, deployment(refused(QUOTA)));
        await clock.advance(60_000);
        expect(outcome).toBeUndefined();
        cluster.set(DEPLOYMENTS, deployment({ updatedReplicas: 2, ...refused(QUOTA) }));
        expect(await eventually(() => outcome, "the outcome")).toEqual({
            replicas: 2,
            seconds: 60,
        });
    });

    it("goes on where the refusal is older than this run: its cause may be mended", async () => {
        const [failure] = refused(QUOTA).conditions;
        const time = new Date(clock.date() - 30_000).toISOString();
        const old = { conditions: [{ ...failure, lastTransitionTime: time }] };
        cluster.set(REPLICA_SETS, replicaSet("new", "2", old));
        cluster.set(DEPLOYMENTS, deployment(old));
        await clock.advance(60_000);
        expect(outcome).toBeUndefined();
        cluster.set(DEPLOYMENTS, deployment({ updatedReplicas: 2 }));
        expect(await eventually(() => outcome, "the outcome")).toEqual({
            replicas: 2,
            seconds: 60,
        });
    });

    it("ends within seconds where a Secret that a container names is not there", async () => {
        const message = 'secret "db" not found';
        cluster.set(PODS, pod({ reason: "CreateContainerConfigError", message }));
        await clock.advance(10_000);
        expect(await failure()).toEqual([
            headline,
            `Why: CreateContainerConfigError: ${message}`,
            "Make what it names, or name what is there: then pulumi up.",
        ]);
    });

    it("asks for the Secret of a volume, as the event may be an old one", async () => {
        const message = 'MountVolume.SetUp failed for volume "tls" : secret "tls" not found';
        cluster.set(PODS, pod({ reason: "ContainerCreating" }));
        cluster.set(EVENTS, eventObject("Pod", "api-new-1", "FailedMount", message));
        cluster.set(SECRETS, { metadata: { name: "tls" } });
        await clock.advance(60_000);
        expect(outcome).toBeUndefined();
        cluster.remove(SECRETS, "tls");
        await clock.advance(10_000);
        expect(await failure()).toEqual([
            headline,
            `Why: FailedMount: ${message}`,
            "Make the secret tls in namespace shop: then pulumi up.",
        ]);
    });

    it.each([
        [
            "a quota that is full",
            "exceeded quota: compute, requested: pods=1, used: pods=4, limited: pods=4",
        ],
        [
            "an admission webhook that does not answer",
            'failed calling webhook "x": context deadline exceeded',
        ],
        [
            "a conflict",
            'Operation cannot be fulfilled on resourcequotas "compute": the object has been modified',
        ],
    ])("waits for %s", async (_, message) => {
        cluster.set(REPLICA_SETS, replicaSet("new", "2", refused(message)));
        cluster.set(DEPLOYMENTS, deployment(refused(message)));
        await clock.advance(299_000);
        expect(outcome).toBeUndefined();
        await clock.advance(1_000);
        expect((await failure())[0]).toContain("was not complete within 300 s.");
    });
});
