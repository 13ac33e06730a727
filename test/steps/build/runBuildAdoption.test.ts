import { eventually } from "../../cluster/fakeClock";
import { missing } from "../../cluster/fakeCluster";
import {
    AMD64,
    ARM64,
    buildObject,
    BUILDS,
    imageObject,
    IMAGES,
    podObject,
    PODS,
    pushed,
} from "../../cluster/objects";
import { BuildRun, LOG, NAME } from "../programRun";

describe("runBuild", () => {
    let run: BuildRun;
    beforeEach(() => {
        run = new BuildRun();
    });
    afterEach(() => {
        run.remove();
    });

    describe("that adopts a build", () => {
        it("reuses a complete one and starts none", async () => {
            run.phase(pushed("Complete"));
            run.start();
            expect(await run.ended()).toMatchObject({ digest: ARM64, adopted: true, seconds: 0 });
            expect(run.cluster.count("POST")).toBe(0);
            expect(run.cluster.count("LOG")).toBe(0);
            expect(run.lines).toEqual([
                `api arm64  build ${NAME}: reused, sha256:bbbbbbbbbbbb  0 s`,
            ]);
        });

        it("prefers a complete one to a newer one that runs", async () => {
            run.cluster.set(
                BUILDS,
                buildObject(
                    "api-arm64-9",
                    { phase: "Running" },
                    { creationTimestamp: "2026-12-01" },
                ),
            );
            run.phase(pushed("Complete"));
            run.start();
            expect(await run.ended()).toMatchObject({ build: NAME, adopted: true });
        });

        it("follows one that runs and starts none", async () => {
            run.phase({ phase: "Running" });
            run.start();
            await eventually(() => run.cluster.openWatches === 1, "the watch");
            run.cluster.log(LOG).end();
            run.phase(pushed("Complete"));
            await eventually(() => run.lines.length === 3, "completion");
            await run.clock.advance(1_000);
            expect(await run.ended()).toMatchObject({ build: NAME, adopted: true });
            expect(run.cluster.count("POST")).toBe(0);
            expect(run.lines[0]).toBe(`api arm64  build ${NAME}: adopted  0 s`);
        });

        it.each([
            ["failed", { phase: "Failed" }],
            ["cancelled", { phase: "Cancelled" }],
            ["erroneous", { phase: "Error" }],
            ["being cancelled", { phase: "Running", cancelled: true }],
            ["complete without an image", { phase: "Complete" }],
        ])("does not adopt a %s one", async (_, status) => {
            run.cluster.set(BUILDS, buildObject("api-arm64-1", status));
            run.start();
            await eventually(() => run.cluster.count("WATCH") === 1, "the watch");
            run.abort.abort(new Error("interrupted"));
            expect(await run.failed()).toBe("interrupted");
            expect(run.cluster.count("POST")).toBe(1);
        });

        it("does not adopt one whose image is gone", async () => {
            run.cluster.set(BUILDS, buildObject("api-arm64-1", pushed("Complete", AMD64)));
            run.cluster.on("GET", new RegExp(`${IMAGES}@${AMD64}`), (path) => missing("GET", path));
            run.start();
            await eventually(() => run.cluster.count("POST") === 1, "a new build");
            run.abort.abort(new Error("interrupted"));
            expect(await run.failed()).toBe("interrupted");
        });

        it("does not adopt the build of other inputs", async () => {
            const labels = { "multiarch/identity": "ffffffff", buildconfig: "api-arm64" };
            run.cluster.set(BUILDS, buildObject("api-arm64-1", pushed("Complete"), { labels }));
            run.start();
            await eventually(() => run.cluster.count("POST") === 1, "a new build");
            run.abort.abort(new Error("interrupted"));
            expect(await run.failed()).toBe("interrupted");
        });
    });

    describe("whose image is wrong", () => {
        it("refuses it before the build is complete, and tells no publisher", async () => {
            run.cluster.on("GET", /imagestreamimages/, () => imageObject(ARM64, "amd64"));
            run.cluster.set(PODS, podObject("api-publish-x", { phase: "Running" }));
            run.start({ publisher: "api-publish" });
            await eventually(() => run.cluster.openWatches === 1, "the watch");
            run.phase(pushed("Running"));
            expect(await run.failed()).toBe(
                [
                    `api arm64: build ${NAME} made an image that is not what was asked for; nothing was published, no tag moved.`,
                    "Its architecture is amd64, wanted arm64.",
                    `Next: oc get build ${NAME} -n shop -o yaml`,
                    `Next: oc get imagestreamimage api@${ARM64} -n shop -o yaml`,
                    "Next: npm run up (pulumi up --refresh puts an edited BuildConfig back; this build is not used again)",
                ].join("\n"),
            );
            expect(run.cluster.count("PATCH")).toBe(0);
        });

        it("refuses a running one that was adopted as well", async () => {
            run.cluster.on("GET", /imagestreamimages/, () =>
                imageObject(ARM64, "arm64", "0".repeat(40)),
            );
            run.phase(pushed("Running"));
            run.start();
            expect(await run.failed()).toMatch(
                /Its label io.openshift.build.commit.id is 0{40}, wanted/,
            );
        });

        it("refuses one that the ImageStream does not have", async () => {
            run.start();
            await eventually(() => run.cluster.openWatches === 1, "the watch");
            run.cluster.on("GET", /imagestreamimages/, (path) => missing("GET", path));
            run.phase(pushed("Running"));
            await run.clock.advance(3_000);
            expect(await run.failed()).toMatch(/The ImageStream does not have it\./);
            expect(run.cluster.count(`GET ${IMAGES}`)).toBe(5);
        });

        it("refuses a completion without a digest", async () => {
            run.start();
            await eventually(() => run.cluster.openWatches === 1, "the watch");
            run.phase({ phase: "Complete" });
            expect(await run.failed()).toMatch(/is complete, but names no image digest/);
        });
    });
});
