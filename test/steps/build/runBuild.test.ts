import { readFileSync } from "node:fs";
import { join } from "node:path";

import { ApiError, describeRequest } from "../../../cluster/apiError";
import { eventually } from "../../cluster/fakeClock";
import { missing } from "../../cluster/fakeCluster";
import {
    ARM64,
    buildObject,
    BUILDS,
    COMMIT,
    IDENTITY,
    podObject,
    PODS,
    pushed,
} from "../../cluster/objects";
import { BuildRun, LOG, lost, NAME } from "../programRun";

describe("runBuild", () => {
    let run: BuildRun;
    beforeEach(() => {
        run = new BuildRun();
    });
    afterEach(() => {
        run.remove();
    });

    describe("that starts a build", () => {
        it("follows it from its request to its checked image", async () => {
            run.start();
            await eventually(() => run.cluster.openWatches === 1, "the watch");
            run.phase({ phase: "Running" });
            run.cluster
                .log(LOG)
                .push(
                    Buffer.from("Cloning a ...\nPulling image base ...\nSTEP 1/2: FROM base\nSTE"),
                );
            run.cluster.log(LOG).push(Buffer.from([0x50, 0x20, 0xff, 0x0d, 0x0a]));
            run.cluster.log(LOG).end();
            await eventually(() => run.lines.length === 4, "the steps");
            await run.clock.advance(12_000);
            run.phase(pushed("Running"));
            // It has not ended, but all that an image is has been seen.
            expect(await run.ended()).toEqual({
                digest: ARM64,
                commit: COMMIT,
                build: NAME,
                architecture: "arm64",
                seconds: 12,
                adopted: false,
                stages: { FetchInputs: 0, PullImages: 0, Build: 1585 },
            });
            expect(run.lines).toEqual([
                `api arm64  build ${NAME}: started  0 s`,
                `api arm64  build ${NAME}: fetching the source  0 s`,
                `api arm64  build ${NAME}: pulling base  0 s`,
                `api arm64  build ${NAME}: STEP 1/2 FROM base  0 s`,
                `api arm64  build ${NAME}: pushed sha256:bbbbbbbbbbbb  12 s`,
                `api arm64  build ${NAME}: image checked  12 s`,
            ]);
            expect(run.cluster.bodies).toEqual([
                {
                    kind: "BuildRequest",
                    apiVersion: "build.openshift.io/v1",
                    metadata: {
                        name: "api-arm64",
                        labels: { "multiarch/identity": IDENTITY },
                        annotations: {
                            "multiarch/commit": COMMIT,
                            "multiarch/architecture": "arm64",
                            "multiarch/image": "api",
                        },
                    },
                    revision: { type: "Git", git: { commit: COMMIT } },
                },
            ]);
            const log = readFileSync(join(run.directory, "shop", `${NAME}.log`));
            expect(log.subarray(-5)).toEqual(Buffer.from([0x50, 0x20, 0xff, 0x0d, 0x0a]));
        });

        it("looks whether it was started before it starts it again", async () => {
            run.cluster.on("POST", /instantiate$/, () => {
                run.phase(pushed("Running"));
                throw lost;
            });
            run.cluster.log(LOG).push(Buffer.from("done\n"));
            run.cluster.log(LOG).end();
            run.start();
            await run.clock.advance(1_000);
            run.phase(pushed("Complete"));
            expect(await run.ended()).toMatchObject({ build: NAME, adopted: false });
            expect(run.cluster.count("POST")).toBe(1);
        });

        it("starts it again when it was not started", async () => {
            let times = 0;
            run.cluster.on("POST", /instantiate$/, () => {
                if (times++ === 0) {
                    throw lost;
                }
                run.phase(pushed("Running"));
                return buildObject(NAME, pushed("Running"));
            });
            run.cluster.log(LOG).push(Buffer.from("done\n"));
            run.cluster.log(LOG).end();
            run.start();
            await run.clock.advance(1_000);
            run.phase(pushed("Complete"));
            expect(await run.ended()).toMatchObject({ build: NAME });
            expect(run.cluster.count("POST")).toBe(2);
        });

        it("gives up after three attempts", async () => {
            run.cluster.on("POST", /instantiate$/, () => {
                throw lost;
            });
            run.start();
            await run.clock.advance(10_000);
            expect(await run.failed()).toBe(lost.message);
            expect(run.cluster.count("POST")).toBe(3);
        });

        it("says what to do when there is no BuildConfig", async () => {
            run.cluster.on("POST", /instantiate$/, (path) => missing("POST", path));
            run.start();
            expect(await run.failed()).toBe(
                "api arm64: there is no BuildConfig api-arm64 in namespace shop.\n" +
                    "Next: pulumi up --refresh (it declares the BuildConfig again)",
            );
        });
    });

    describe("with a publisher", () => {
        const publisher = "api-publish";

        it("tells the live pods that wait for this build its digest, and only those", async () => {
            const labelled = (labels: Record<string, string>) => ({
                labels: { "job-name": publisher, "multiarch/identity": IDENTITY, ...labels },
            });
            run.cluster.set(PODS, podObject("live", { phase: "Pending" }));
            run.cluster.set(PODS, podObject("done", { phase: "Succeeded" }));
            run.cluster.set(
                PODS,
                podObject("leaving", { phase: "Running" }, { deletionTimestamp: "now" }),
            );
            // Its Job was made for the same commit with another argument, and must not be fed.
            const other = labelled({ "multiarch/build.arm64": "ffffffff" });
            run.cluster.set(PODS, podObject("other-build", { phase: "Running" }, other));
            const elsewhere = labelled({ "multiarch/build.amd64": IDENTITY });
            run.cluster.set(PODS, podObject("other-architecture", { phase: "Running" }, elsewhere));
            const foreign = labelled({ "multiarch/build.arm64": IDENTITY, "job-name": "web" });
            run.cluster.set(PODS, podObject("other-job", { phase: "Running" }, foreign));
            run.phase(pushed("Complete"));
            run.start({ publisher });
            expect(await run.ended()).toMatchObject({ digest: ARM64 });
            expect(run.cluster.requests.filter((request) => request.startsWith("PATCH"))).toEqual([
                `PATCH ${PODS}/live`,
            ]);
            expect(run.cluster.bodies).toEqual([
                { metadata: { annotations: { "multiarch/digest.arm64": ARM64 } } },
            ]);
            const selector = `job-name=api-publish,multiarch/build.arm64=${IDENTITY}`;
            expect(run.cluster.requests).toContain(
                `GET ${PODS}?labelSelector=${encodeURIComponent(selector)}`,
            );
        });

        it("tells a pod that publishes the same build under other tags", async () => {
            const labels = {
                "job-name": publisher,
                "multiarch/identity": "ffffffff",
                "multiarch/build.arm64": IDENTITY,
            };
            run.cluster.set(PODS, podObject("retagged", { phase: "Running" }, { labels }));
            run.phase(pushed("Complete"));
            run.start({ publisher });
            expect(await run.ended()).toMatchObject({ digest: ARM64 });
            expect(run.cluster.count(`PATCH ${PODS}/retagged`)).toBe(1);
        });

        it("succeeds even if it cannot tell it", async () => {
            run.cluster.on("GET", /\/pods/, () => {
                throw lost;
            });
            run.phase(pushed("Complete"));
            run.start({ publisher });
            expect(await run.ended()).toMatchObject({ digest: ARM64 });
            expect(run.lines.at(-1)).toMatch(/publisher api-publish not told yet: The cluster at/);
        });
    });

    it("does not claim to have cancelled what it may not cancel", async () => {
        run.cluster.on("PATCH", /builds/, () => {
            throw new ApiError(
                403,
                "Forbidden",
                "no",
                describeRequest("PATCH", `${BUILDS}/${NAME}`),
            );
        });
        run.start({ timeoutSeconds: 30 });
        await eventually(() => run.cluster.openWatches === 1, "the watch");
        run.phase({ phase: "Running" });
        await eventually(() => run.cluster.count("LOG") === 1, "the log");
        await run.clock.advance(30_000);
        expect(await run.failed()).toMatch(
            /within 30 s \(Running\); cancelling it failed \(The cluster refused to patch builds api-arm64-3/,
        );
    });

    it("leaves the build alone and nothing behind when it is interrupted", async () => {
        run.start();
        await eventually(() => run.cluster.openWatches === 1, "the watch");
        run.phase({ phase: "Running" });
        await eventually(() => run.cluster.count("LOG") === 1, "the log");
        run.abort.abort(new Error("interrupted"));
        expect(await run.failed()).toBe("interrupted");
        expect(run.cluster.count("PATCH")).toBe(0);
    });

    it("survives a log of one endless line, and writes all of it", async () => {
        run.start();
        await eventually(() => run.cluster.openWatches === 1, "the watch");
        run.phase({ phase: "Running" });
        const part = Buffer.alloc(1024 * 1024, "\r\u001b[2J\xff", "latin1");
        for (let index = 0; index < 10; index++) {
            run.cluster.log(LOG).push(part);
        }
        run.cluster.log(LOG).end();
        run.phase({ phase: "Failed", reason: "DockerBuildFailed" });
        const text = await run.failed();
        expect(Buffer.byteLength(text)).toBeLessThan(2_000);
        expect(text.replaceAll("\n", "")).not.toMatch(/\p{Cc}/u);
        expect(readFileSync(join(run.directory, "shop", `${NAME}.log`)).length).toBe(
            10 * 1024 * 1024,
        );
    });
});
