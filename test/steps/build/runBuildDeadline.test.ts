import { eventually } from "../../cluster/fakeClock";
import { BUILDS, buildObject, PODS, podObject } from "../../cluster/objects";
import { BuildRun, NAME } from "../programRun";

describe("the limits of runBuild", () => {
    let run: BuildRun;

    beforeEach(() => {
        run = new BuildRun();
    });

    afterEach(() => {
        run.remove();
    });

    async function begin(changes: Parameters<BuildRun["start"]>[0]): Promise<void> {
        run.start(changes);
        await eventually(() => run.cluster.openWatches === 1, "the watch");
    }

    it("count a build's time from when it runs, not from when it was queued", async () => {
        await begin({ timeoutSeconds: 600, pendingTimeoutSeconds: 500 });
        await run.clock.advance(490_000);
        run.phase({ phase: "Running" });
        await eventually(() => run.cluster.count("LOG") === 1, "the log");
        await run.clock.advance(599_000);
        expect(run.outcome).toBeUndefined();
        expect(run.cluster.count("PATCH")).toBe(0);
        await run.clock.advance(1_000);
        expect(await run.failed()).toMatch(/was not finished within 600 s \(Running\)/);
    });

    it.each([
        [
            "a quota that asks for limits",
            'pods "x" is forbidden: failed quota: compute: must specify limits.cpu for: docker-build',
            "The namespace's ResourceQuota asks for it: set multiarch:build.resources (requests and limits).",
        ],
        [
            "a LimitRange",
            'pods "x" is forbidden: maximum memory usage per Container is 1Gi, but limit is 2Gi',
            "The namespace's LimitRange does not allow it: set multiarch:build.resources (requests and limits).",
        ],
        [
            "a ServiceAccount that is not there",
            'pods "x" is forbidden: error looking up service account shop/builder: serviceaccount "builder" not found',
            "Make this ServiceAccount, or name another one: then pulumi up.",
        ],
        [
            "an SCC that is not to be had",
            'pods "x" is forbidden: unable to validate against any security context constraint: []',
            "No SCC of its ServiceAccount allows what the pod asks for: bind one that does, or ask for less.",
        ],
    ])("end at once where its pod is refused by %s", async (_, message, advice) => {
        await begin({ pendingTimeoutSeconds: 300 });
        run.phase({ phase: "New", reason: "CannotCreateBuildPod", message });
        await run.clock.advance(10_000);
        expect((await run.failed()).split("\n")).toEqual([
            `api arm64: build ${NAME} cannot start; it was cancelled.`,
            `Why: CannotCreateBuildPod: ${message}`,
            advice,
            `Next: oc describe build ${NAME} -n shop`,
            "Next: pulumi up",
        ]);
    });

    it("end at once where a Secret of its pod is not there, and not where it has come since", async () => {
        await begin({ pendingTimeoutSeconds: 300 });
        const waiting = [
            {
                name: "docker-build",
                state: {
                    waiting: {
                        reason: "CreateContainerConfigError",
                        message: 'secret "token" not found',
                    },
                },
            },
        ];
        const pod = (containerStatuses: object[]) =>
            podObject(`${NAME}-build`, { phase: "Pending", containerStatuses });
        run.phase({ phase: "Pending" });
        run.cluster.set(PODS, pod(waiting));
        await run.clock.advance(5_000);
        run.cluster.set(PODS, pod([]));
        await run.clock.advance(100_000);
        expect(run.outcome).toBeUndefined();
        run.cluster.set(PODS, pod(waiting));
        await run.clock.advance(10_000);
        expect(await run.failed()).toContain(
            'Why: CreateContainerConfigError: secret "token" not found',
        );
    });

    it("wait where a quota is full: what others use may be free in a moment", async () => {
        await begin({ pendingTimeoutSeconds: 300 });
        const message =
            'pods "x" is forbidden: exceeded quota: compute, requested: pods=1, used: pods=4, limited: pods=4';
        run.phase({ phase: "New", reason: "CannotCreateBuildPod", message });
        await run.clock.advance(295_000);
        expect(run.outcome).toBeUndefined();
        await run.clock.advance(5_000);
        expect(await run.failed()).toMatch(/did not start within 300 s/);
    });

    it("hold for the build before it too: it may take as long as this one, and no longer", async () => {
        const older = {
            creationTimestamp: "2026-11-22T16:00:00Z",
            labels: { buildconfig: "api-arm64" },
        };
        run.cluster.set(BUILDS, buildObject("api-arm64-2", { phase: "Running" }, older));
        await begin({ pendingTimeoutSeconds: 60, timeoutSeconds: 600 });
        await run.clock.advance(655_000);
        expect(run.outcome).toBeUndefined();
        await run.clock.advance(15_000);
        expect((await run.failed()).split("\n").slice(0, 3)).toEqual([
            `api arm64: build ${NAME} cannot start; it was cancelled.`,
            "Why: waits for build api-arm64-2 (Running) of the same BuildConfig",
            "The build before it takes longer than a build may: oc cancel-build ends it.",
        ]);
    });
});
