import { eventually } from "../../cluster/fakeClock";
import {
    AMD64,
    buildObject,
    BUILDS,
    eventObject,
    EVENTS,
    imageObject,
    IMAGES,
    podObject,
    PODS,
    pushed,
} from "../../cluster/objects";
import { BuildRun, LOG, NAME } from "../programRun";

describe("runBuild, when the build fails for its surroundings or its image", () => {
    let run: BuildRun;
    beforeEach(() => {
        run = new BuildRun();
    });
    afterEach(() => {
        run.remove();
    });

    it("names memory when a step was killed, and does not build again", async () => {
        run.start();
        await eventually(() => run.cluster.openWatches === 1, "the watch");
        run.phase({ phase: "Running" });
        run.cluster
            .log(LOG)
            .push(Buffer.from("container exited on killed\nerror: exit status 1\n"));
        run.cluster.log(LOG).end();
        run.phase({ phase: "Failed", reason: "DockerBuildFailed" });
        expect(await run.failed()).toContain(
            "A step was killed, most likely for memory. It ran out of memory (OOMKilled): raise multiarch:build.resources.limits.memory",
        );
        expect(run.cluster.count("POST")).toBe(1);
    });

    it("builds again when its pod was taken away, three times at most, and says so", async () => {
        let number = 2;
        run.cluster.on("POST", /instantiate$/, () => {
            const build = buildObject(`api-arm64-${++number}`, {
                phase: "Error",
                reason: "BuildPodEvicted",
            });
            run.cluster.set(BUILDS, build);
            return build;
        });
        run.start();
        const announced = () => run.lines.filter((line) => line.includes("attempt")).length;
        for (const attempt of [1, 2, 3]) {
            // Files are opened and closed meanwhile, which takes real time; when that is short, one advance of the clock is
            // enough for the next attempt as well.
            // Its pod is gone, and its log with it: looked for all the same.
            await eventually(() => run.cluster.count(`GET ${PODS}/`) >= attempt, "the look");
            await run.clock.advance(10_000);
            await eventually(() => announced() >= Math.min(attempt, 2), "the announcement");
            await run.clock.advance(attempt === 3 ? 0 : 45_000);
        }
        expect(await run.failed()).toMatch(
            /^api arm64: build api-arm64-5 ended as Error: BuildPodEvicted\n/,
        );
        expect(run.cluster.count("POST")).toBe(3);
        expect(run.lines.filter((line) => line.includes("attempt"))).toEqual([
            expect.stringMatching(
                /^api arm64 {2}build api-arm64-3: its pod was evicted; attempt 2 of 3 in 1\d s/,
            ),
            expect.stringMatching(
                /^api arm64 {2}build api-arm64-4: its pod was evicted; attempt 3 of 3 in [23]\d s/,
            ),
        ]);
    });

    it("cancels it and builds again when its node does not answer for half a minute", async () => {
        run.start();
        await eventually(() => run.cluster.openWatches === 1, "the watch");
        run.phase({ phase: "Running" });
        const podName = `${NAME}-build`;
        const containerStatuses = [{ name: "docker-build", state: { running: {} } }];
        const conditions = [{ type: "Ready", status: "False" }];
        run.cluster.set(
            PODS,
            podObject(podName, { phase: "Running", containerStatuses, conditions }),
        );
        await run.clock.advance(20_000);
        expect(run.lines).toHaveLength(1);
        run.cluster.set(EVENTS, eventObject("Pod", podName, "NodeNotReady", "Node is not ready"));
        await run.clock.advance(30_000);
        expect(run.cluster.count("PATCH")).toBe(0);
        expect(run.lines.at(-1)).toMatch(/build api-arm64-3: its node does not answer/);
        await run.clock.advance(10_000);
        expect(run.cluster.bodies.at(-1)).toEqual({ status: { cancelled: true } });
        run.phase({ phase: "Cancelled", cancelled: true, reason: "CancelledBuild" });
        await eventually(() => run.lines.at(-1)?.includes("attempt 2 of 3"), "the next attempt");
        await run.clock.advance(20_000);
        expect(run.cluster.count("POST")).toBe(2);
        run.abort.abort(new Error("interrupted"));
        expect(await run.failed()).toBe("interrupted");
    });

    it("cancels it and builds again when OpenShift has made its pod, but not the ConfigMap beside it", async () => {
        run.start();
        await eventually(() => run.cluster.openWatches === 1, "the watch");
        run.phase({ phase: "Pending" });
        const podName = `${NAME}-build`;
        const configMaps = "/api/v1/namespaces/shop/configmaps";
        const missing = 'MountVolume.SetUp failed: configmap "api-arm64-3-global-ca" not found';
        run.cluster.set(PODS, podObject(podName, { phase: "Pending" }));
        run.cluster.set(EVENTS, eventObject("Pod", podName, "FailedMount", missing));
        run.cluster.set(configMaps, { metadata: { name: "api-arm64-3-global-ca" } });
        // An old event: it came a moment later.
        await run.clock.advance(15_000);
        expect(run.cluster.count("PATCH")).toBe(0);
        run.cluster.remove(configMaps, "api-arm64-3-global-ca");
        await run.clock.advance(10_000);
        expect(run.cluster.count("PATCH")).toBe(0);
        await run.clock.advance(5_000);
        expect(run.cluster.bodies.at(-1)).toEqual({ status: { cancelled: true } });
        run.phase({ phase: "Cancelled", cancelled: true, reason: "CancelledBuild" });
        await eventually(
            () =>
                run.lines
                    .at(-1)
                    ?.includes(
                        "OpenShift did not make its ConfigMap api-arm64-3-global-ca; attempt 2 of 3",
                    ),
            "the next attempt",
        );
        await run.clock.advance(20_000);
        expect(run.cluster.count("POST")).toBe(2);
        run.abort.abort(new Error("interrupted"));
        expect(await run.failed()).toBe("interrupted");
    });

    it("does not adopt a finished build whose image is wrong, but builds again", async () => {
        run.cluster.on("GET", new RegExp(`${IMAGES}@${AMD64}`), () => imageObject(AMD64, "amd64"));
        run.cluster.set(BUILDS, buildObject("api-arm64-1", pushed("Complete", AMD64)));
        run.start();
        await eventually(() => run.cluster.count("POST") === 1, "a new build");
        run.abort.abort(new Error("interrupted"));
        expect(await run.failed()).toBe("interrupted");
    });
});
