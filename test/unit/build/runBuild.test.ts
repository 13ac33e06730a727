import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { ApiError, ConnectionError, describeRequest } from "../../../build/apiError";
import type { BuildRequest, BuildResult } from "../../../build/buildRequest";
import { runBuild } from "../../../build/runBuild";
import { eventually, FakeClock } from "./fakeClock";
import { FakeCluster, missing } from "./fakeCluster";
import {
    AMD64,
    ARM64,
    buildObject,
    buildRequest,
    BUILDS,
    COMMIT,
    eventObject,
    EVENTS,
    IDENTITY,
    imageObject,
    IMAGES,
    INSTANTIATE,
    podObject,
    PODS,
    pushed,
} from "./objects";

const NAME = "api-arm64-3";
const LOG = `${BUILDS}/${NAME}/log`;
const lost = new ConnectionError(describeRequest("POST", INSTANTIATE), "https://c", "reset", false);

describe("runBuild", () => {
    let cluster: FakeCluster;
    let clock: FakeClock;
    let abort: AbortController;
    let lines: string[];
    let directory: string;
    let outcome: BuildResult | Error | undefined;

    function start(changes: Partial<BuildRequest> = {}): void {
        const request = buildRequest({ logDirectory: directory, ...changes });
        runBuild(request, cluster, (line) => lines.push(line), abort.signal, clock).then(
            (result) => (outcome = result),
            (error: unknown) => (outcome = error as Error),
        );
    }

    const phase = (status: Record<string, unknown>) => {
        cluster.set(BUILDS, buildObject(NAME, status));
    };

    /** Waits for the end; nothing may be left of it then. */
    async function ended(): Promise<BuildResult | Error> {
        const known = await eventually(() => outcome, "the outcome");
        expect(cluster.openWatches).toBe(0);
        expect(clock.waiting).toBe(0);
        return known;
    }

    async function failed(): Promise<string> {
        const error = await ended();
        expect(error).toBeInstanceOf(Error);
        return (error as Error).message;
    }

    beforeEach(() => {
        cluster = new FakeCluster();
        clock = new FakeClock();
        abort = new AbortController();
        lines = [];
        outcome = undefined;
        directory = mkdtempSync(join(tmpdir(), "multiarch-test-"));
        cluster.on("POST", /instantiate$/, () => {
            const build = buildObject(NAME, { phase: "New" });
            cluster.set(BUILDS, build);
            return build;
        });
        cluster.on("GET", /imagestreamimages/, () => imageObject(ARM64));
    });

    afterEach(() => {
        rmSync(directory, { recursive: true });
    });

    describe("that starts a build", () => {
        it("follows it from its request to its checked image", async () => {
            start();
            await eventually(() => cluster.openWatches === 1, "the watch");
            phase({ phase: "Running" });
            cluster
                .log(LOG)
                .push(
                    Buffer.from("Cloning a ...\nPulling image base ...\nSTEP 1/2: FROM base\nSTE"),
                );
            cluster.log(LOG).push(Buffer.from([0x50, 0x20, 0xff, 0x0d, 0x0a]));
            cluster.log(LOG).end();
            await eventually(() => lines.length === 4, "the steps");
            await clock.advance(12_000);
            phase(pushed("Running"));
            await eventually(() => lines.length === 5, "the push");
            phase(pushed("Complete"));
            expect(await ended()).toEqual({
                digest: ARM64,
                commit: COMMIT,
                build: NAME,
                architecture: "arm64",
                seconds: 12,
                adopted: false,
                stages: { Build: 1585 },
            });
            expect(lines).toEqual([
                `api arm64  build ${NAME}: started  0 s`,
                `api arm64  build ${NAME}: fetching the source  0 s`,
                `api arm64  build ${NAME}: pulling base  0 s`,
                `api arm64  build ${NAME}: STEP 1/2 FROM base  0 s`,
                `api arm64  build ${NAME}: pushed sha256:bbbbbbbbbbbb  12 s`,
                `api arm64  build ${NAME}: complete  12 s`,
            ]);
            expect(cluster.bodies).toEqual([
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
            const log = readFileSync(join(directory, "shop", `${NAME}.log`));
            expect(log.subarray(-5)).toEqual(Buffer.from([0x50, 0x20, 0xff, 0x0d, 0x0a]));
        });

        it("looks whether it was started before it starts it again", async () => {
            cluster.on("POST", /instantiate$/, () => {
                cluster.set(BUILDS, buildObject(NAME, pushed("Running")));
                throw lost;
            });
            cluster.log(LOG).push(Buffer.from("done\n"));
            cluster.log(LOG).end();
            start();
            await clock.advance(1_000);
            phase(pushed("Complete"));
            expect(await ended()).toMatchObject({ build: NAME, adopted: false });
            expect(cluster.count("POST")).toBe(1);
        });

        it("starts it again when it was not started", async () => {
            let times = 0;
            cluster.on("POST", /instantiate$/, () => {
                if (times++ === 0) {
                    throw lost;
                }
                const build = buildObject(NAME, pushed("Running"));
                cluster.set(BUILDS, build);
                return build;
            });
            cluster.log(LOG).push(Buffer.from("done\n"));
            cluster.log(LOG).end();
            start();
            await clock.advance(1_000);
            phase(pushed("Complete"));
            expect(await ended()).toMatchObject({ build: NAME });
            expect(cluster.count("POST")).toBe(2);
        });

        it("gives up after three attempts", async () => {
            cluster.on("POST", /instantiate$/, () => {
                throw lost;
            });
            start();
            await clock.advance(10_000);
            expect(await failed()).toBe(lost.message);
            expect(cluster.count("POST")).toBe(3);
        });

        it("says what to do when there is no BuildConfig", async () => {
            cluster.on("POST", /instantiate$/, (path) => missing("POST", path));
            start();
            expect(await failed()).toBe(
                "api arm64: there is no BuildConfig api-arm64 in namespace shop.\n" +
                    "Next: pulumi up --refresh (it declares the BuildConfig again)",
            );
        });
    });

    describe("that adopts a build", () => {
        it("reuses a complete one and starts none", async () => {
            phase(pushed("Complete"));
            start();
            expect(await ended()).toMatchObject({ digest: ARM64, adopted: true, seconds: 0 });
            expect(cluster.count("POST")).toBe(0);
            expect(cluster.count("LOG")).toBe(0);
            expect(lines).toEqual([`api arm64  build ${NAME}: reused, sha256:bbbbbbbbbbbb  0 s`]);
        });

        it("prefers a complete one to a newer one that runs", async () => {
            cluster.set(
                BUILDS,
                buildObject(
                    "api-arm64-9",
                    { phase: "Running" },
                    { creationTimestamp: "2026-12-01" },
                ),
            );
            phase(pushed("Complete"));
            start();
            expect(await ended()).toMatchObject({ build: NAME, adopted: true });
        });

        it("follows one that runs and starts none", async () => {
            phase({ phase: "Running" });
            start();
            await eventually(() => cluster.openWatches === 1, "the watch");
            cluster.log(LOG).end();
            phase(pushed("Complete"));
            await eventually(() => lines.length === 3, "completion");
            await clock.advance(1_000);
            expect(await ended()).toMatchObject({ build: NAME, adopted: true });
            expect(cluster.count("POST")).toBe(0);
            expect(lines[0]).toBe(`api arm64  build ${NAME}: adopted  0 s`);
        });

        it.each([
            ["failed", { phase: "Failed" }],
            ["cancelled", { phase: "Cancelled" }],
            ["erroneous", { phase: "Error" }],
            ["being cancelled", { phase: "Running", cancelled: true }],
            ["complete without an image", { phase: "Complete" }],
        ])("does not adopt a %s one", async (_, status) => {
            cluster.set(BUILDS, buildObject("api-arm64-1", status));
            start();
            await eventually(() => cluster.count("WATCH") === 1, "the watch");
            abort.abort(new Error("interrupted"));
            expect(await failed()).toBe("interrupted");
            expect(cluster.count("POST")).toBe(1);
        });

        it("does not adopt one whose image is gone", async () => {
            cluster.set(BUILDS, buildObject("api-arm64-1", pushed("Complete", AMD64)));
            cluster.on("GET", new RegExp(`${IMAGES}@${AMD64}`), (path) => missing("GET", path));
            start();
            await eventually(() => cluster.count("POST") === 1, "a new build");
            abort.abort(new Error("interrupted"));
            expect(await failed()).toBe("interrupted");
        });

        it("does not adopt the build of other inputs", async () => {
            const labels = { "multiarch/identity": "ffffffff", buildconfig: "api-arm64" };
            cluster.set(BUILDS, buildObject("api-arm64-1", pushed("Complete"), { labels }));
            start();
            await eventually(() => cluster.count("POST") === 1, "a new build");
            abort.abort(new Error("interrupted"));
            expect(await failed()).toBe("interrupted");
        });
    });

    describe("whose build waits", () => {
        const waiting = (message: string) => {
            cluster.set(
                PODS,
                podObject(`${NAME}-build`, {
                    phase: "Pending",
                    conditions: [
                        { type: "PodScheduled", status: "False", reason: "Unschedulable", message },
                    ],
                }),
            );
        };

        it("says why after five seconds, and again when that changes", async () => {
            start();
            await eventually(() => cluster.openWatches === 1, "the watch");
            phase({ phase: "Pending" });
            waiting("no node");
            await clock.advance(4_999);
            expect(lines.length).toBe(1);
            await clock.advance(15_001);
            waiting("no memory");
            await clock.advance(5_000);
            expect(lines.slice(1)).toEqual([
                `api arm64  build ${NAME}: Pending, Unschedulable: no node  5 s`,
                `api arm64  build ${NAME}: Pending, Unschedulable: no memory  25 s`,
            ]);
            abort.abort(new Error("interrupted"));
            await ended();
        });

        it("cancels it when it has waited too long", async () => {
            start({ pendingTimeoutSeconds: 12 });
            await eventually(() => cluster.openWatches === 1, "the watch");
            phase({ phase: "Pending" });
            waiting("no node");
            await clock.advance(11_999);
            expect(cluster.count("PATCH")).toBe(0);
            await clock.advance(1);
            expect(await failed()).toBe(
                [
                    `api arm64: build ${NAME} did not start within 12 s; it was cancelled.`,
                    "Why it waited: Unschedulable: no node",
                    `Next: oc describe pod ${NAME}-build -n shop (or oc get events -n shop: the pod goes with the build)`,
                    "Next: oc get nodes -L kubernetes.io/arch",
                ].join("\n"),
            );
            expect(cluster.count(`PATCH ${BUILDS}/${NAME}`)).toBe(1);
            expect(cluster.bodies.at(-1)).toEqual({ status: { cancelled: true } });
        });

        it("does not count the time behind a running build of the same BuildConfig", async () => {
            const older = {
                creationTimestamp: "2026-11-22T16:00:00Z",
                labels: { buildconfig: "api-arm64" },
            };
            cluster.set(BUILDS, buildObject("api-arm64-2", { phase: "Running" }, older));
            start({ pendingTimeoutSeconds: 12 });
            await eventually(() => cluster.openWatches === 1, "the watch");
            await clock.advance(60_000);
            expect(outcome).toBeUndefined();
            expect(lines.slice(1)).toEqual([
                `api arm64  build ${NAME}: New, waits for build api-arm64-2 (Running) of the same BuildConfig  5 s`,
            ]);
            cluster.set(BUILDS, buildObject("api-arm64-2", { phase: "Complete" }, older));
            await clock.advance(11_999);
            expect(outcome).toBeUndefined();
            await clock.advance(1);
            expect(await failed()).toMatch(/did not start within 12 s/);
        });

        it("quotes events when there is no pod, and survives when it may not read them", async () => {
            const build = eventObject("Build", NAME, "FailedCreate", "exceeded quota: pods=1");
            cluster.set(EVENTS, build);
            start();
            await eventually(() => cluster.openWatches === 1, "the watch");
            await clock.advance(5_000);
            expect(lines.at(-1)).toBe(
                `api arm64  build ${NAME}: New, FailedCreate: exceeded quota: pods=1  5 s`,
            );
            cluster.on("GET", /\/(events|pods)/, () => {
                throw lost;
            });
            await clock.advance(5_000);
            expect(lines.at(-1)).toBe(
                `api arm64  build ${NAME}: New, its pod is being created  10 s`,
            );
            abort.abort(new Error("interrupted"));
            await ended();
        });
    });

    describe("whose image is wrong", () => {
        it("refuses it before the build is complete, and tells no publisher", async () => {
            cluster.on("GET", /imagestreamimages/, () => imageObject(ARM64, "amd64"));
            cluster.set(PODS, podObject("api-publish-x", { phase: "Running" }));
            start({ publisher: "api-publish" });
            await eventually(() => cluster.openWatches === 1, "the watch");
            phase(pushed("Running"));
            expect(await failed()).toBe(
                [
                    `api arm64: build ${NAME} made an image that is not what was asked for; nothing was published, no tag moved.`,
                    "Its architecture is amd64, wanted arm64.",
                    `Next: oc get build ${NAME} -n shop -o yaml`,
                    `Next: oc get imagestreamimage api@${ARM64} -n shop -o yaml`,
                    `Next: when the cause is gone: oc delete build ${NAME} -n shop, or it is adopted again`,
                ].join("\n"),
            );
            expect(cluster.count("PATCH")).toBe(0);
        });

        it("refuses an adopted one as well", async () => {
            cluster.on("GET", /imagestreamimages/, () =>
                imageObject(ARM64, "arm64", "0".repeat(40)),
            );
            phase(pushed("Complete"));
            start();
            expect(await failed()).toMatch(
                /Its label io.openshift.build.commit.id is 0{40}, wanted/,
            );
        });

        it("refuses one that the ImageStream does not have", async () => {
            start();
            await eventually(() => cluster.openWatches === 1, "the watch");
            cluster.on("GET", /imagestreamimages/, (path) => missing("GET", path));
            phase(pushed("Running"));
            await clock.advance(3_000);
            expect(await failed()).toMatch(/The ImageStream does not have it\./);
            expect(cluster.count(`GET ${IMAGES}`)).toBe(5);
        });

        it("refuses a digest that changes, and a completion without one", async () => {
            start();
            await eventually(() => cluster.openWatches === 1, "the watch");
            phase(pushed("Running"));
            await eventually(() => lines.length === 2, "the push");
            phase(pushed("Complete", AMD64));
            expect(await failed()).toMatch(
                /changed its image digest after the push; nothing was published/,
            );
        });
    });

    describe("with a publisher", () => {
        const publisher = "api-publish";

        it("tells the live pods that wait for this build its digest, and only those", async () => {
            const labelled = (labels: Record<string, string>) => ({
                labels: { "job-name": publisher, "multiarch/identity": IDENTITY, ...labels },
            });
            cluster.set(PODS, podObject("live", { phase: "Pending" }));
            cluster.set(PODS, podObject("done", { phase: "Succeeded" }));
            cluster.set(
                PODS,
                podObject("leaving", { phase: "Running" }, { deletionTimestamp: "now" }),
            );
            // Its Job was made for the same commit with another argument, and must not be fed.
            const other = labelled({ "multiarch/build.arm64": "ffffffff" });
            cluster.set(PODS, podObject("other-build", { phase: "Running" }, other));
            const elsewhere = labelled({ "multiarch/build.amd64": IDENTITY });
            cluster.set(PODS, podObject("other-architecture", { phase: "Running" }, elsewhere));
            const foreign = labelled({ "multiarch/build.arm64": IDENTITY, "job-name": "web" });
            cluster.set(PODS, podObject("other-job", { phase: "Running" }, foreign));
            phase(pushed("Complete"));
            start({ publisher });
            expect(await ended()).toMatchObject({ digest: ARM64 });
            expect(cluster.requests.filter((request) => request.startsWith("PATCH"))).toEqual([
                `PATCH ${PODS}/live`,
            ]);
            expect(cluster.bodies).toEqual([
                { metadata: { annotations: { "multiarch/digest.arm64": ARM64 } } },
            ]);
            const selector = `job-name=api-publish,multiarch/build.arm64=${IDENTITY}`;
            expect(cluster.requests).toContain(
                `GET ${PODS}?labelSelector=${encodeURIComponent(selector)}`,
            );
        });

        it("tells a pod that publishes the same build under other tags", async () => {
            const labels = {
                "job-name": publisher,
                "multiarch/identity": "ffffffff",
                "multiarch/build.arm64": IDENTITY,
            };
            cluster.set(PODS, podObject("retagged", { phase: "Running" }, { labels }));
            phase(pushed("Complete"));
            start({ publisher });
            expect(await ended()).toMatchObject({ digest: ARM64 });
            expect(cluster.count(`PATCH ${PODS}/retagged`)).toBe(1);
        });

        it("succeeds even if it cannot tell it", async () => {
            cluster.on("GET", /\/pods/, () => {
                throw lost;
            });
            phase(pushed("Complete"));
            start({ publisher });
            expect(await ended()).toMatchObject({ digest: ARM64 });
            expect(lines.at(-1)).toMatch(/publisher api-publish not told yet: The cluster at/);
        });
    });

    describe("whose build ends badly", () => {
        it("shows the reason, what to change, the log's end and where the rest is", async () => {
            start();
            await eventually(() => cluster.openWatches === 1, "the watch");
            phase({ phase: "Running" });
            cluster.log(LOG).push(Buffer.from("compiling\nkilled\u001b[0m\nlast words"));
            cluster.log(LOG).end();
            phase({
                phase: "Failed",
                reason: "OutOfMemoryKilled",
                message: "The build was killed.",
            });
            expect(await failed()).toBe(
                [
                    `api arm64: build ${NAME} ended as Failed: OutOfMemoryKilled: The build was killed.`,
                    "It ran out of memory: raise the memory limit of the build.",
                    "The last lines of its log:",
                    "  | compiling",
                    "  | killed",
                    "  | last words",
                    `Whole log: ${directory}/shop/${NAME}.log`,
                    `Next: oc logs build/${NAME} -n shop`,
                ].join("\n"),
            );
            expect(cluster.count("PATCH")).toBe(0);
        });

        it("says so when it was deleted", async () => {
            start();
            await eventually(() => cluster.openWatches === 1, "the watch");
            cluster.remove(BUILDS, NAME);
            expect(await failed()).toMatch(/build api-arm64-3 was deleted; nothing was published/);
        });

        it("cancels it when its time is over", async () => {
            start({ timeoutSeconds: 30 });
            await eventually(() => cluster.openWatches === 1, "the watch");
            phase({ phase: "Running" });
            cluster.log(LOG).push(Buffer.from("still compiling\n"));
            await clock.advance(30_000);
            const text = await failed();
            expect(text).toMatch(
                /^api arm64: build api-arm64-3 was not finished within 30 s \(Running\); it was cancelled\.\n/,
            );
            expect(text).toContain("  | still compiling\n");
            expect(cluster.bodies.at(-1)).toEqual({ status: { cancelled: true } });
        });
    });

    it("does not claim to have cancelled what it may not cancel", async () => {
        cluster.on("PATCH", /builds/, () => {
            throw new ApiError(
                403,
                "Forbidden",
                "no",
                describeRequest("PATCH", `${BUILDS}/${NAME}`),
            );
        });
        start({ timeoutSeconds: 30 });
        await eventually(() => cluster.openWatches === 1, "the watch");
        await clock.advance(30_000);
        expect(await failed()).toMatch(
            /within 30 s \(New\); cancelling it failed \(The cluster refused to patch builds api-arm64-3/,
        );
    });

    it("leaves the build alone and nothing behind when it is interrupted", async () => {
        start();
        await eventually(() => cluster.openWatches === 1, "the watch");
        phase({ phase: "Running" });
        await eventually(() => cluster.count("LOG") === 1, "the log");
        abort.abort(new Error("interrupted"));
        expect(await failed()).toBe("interrupted");
        expect(cluster.count("PATCH")).toBe(0);
    });

    it("survives a log of one endless line, and writes all of it", async () => {
        start();
        await eventually(() => cluster.openWatches === 1, "the watch");
        phase({ phase: "Running" });
        const part = Buffer.alloc(1024 * 1024, "\r\u001b[2J\xff", "latin1");
        for (let index = 0; index < 10; index++) {
            cluster.log(LOG).push(part);
        }
        cluster.log(LOG).end();
        phase({ phase: "Failed", reason: "DockerBuildFailed" });
        const text = await failed();
        expect(Buffer.byteLength(text)).toBeLessThan(2_000);
        expect(text.replaceAll("\n", "")).not.toMatch(/\p{Cc}/u);
        expect(readFileSync(join(directory, "shop", `${NAME}.log`)).length).toBe(10 * 1024 * 1024);
    });
});
