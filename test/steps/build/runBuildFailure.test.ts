import { eventually } from "../../cluster/fakeClock";
import { buildObject, BUILDS, eventObject, EVENTS, podObject, PODS } from "../../cluster/objects";
import { BuildRun, LOG, lost, NAME } from "../programRun";

describe("runBuild", () => {
    let run: BuildRun;
    beforeEach(() => {
        run = new BuildRun();
    });
    afterEach(() => {
        run.remove();
    });

    describe("whose build waits", () => {
        const waiting = (message: string) => {
            run.cluster.set(
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
            run.start();
            await eventually(() => run.cluster.openWatches === 1, "the watch");
            run.phase({ phase: "Pending" });
            waiting("no node");
            await run.clock.advance(4_999);
            expect(run.lines.length).toBe(1);
            await run.clock.advance(15_001);
            waiting("no memory");
            await run.clock.advance(5_000);
            expect(run.lines.slice(1)).toEqual([
                `api arm64  build ${NAME}: Pending, Unschedulable: no node  5 s`,
                `api arm64  build ${NAME}: Pending, Unschedulable: no memory  25 s`,
            ]);
            run.abort.abort(new Error("interrupted"));
            await run.ended();
        });

        it.each([
            {
                what: "has begun",
                status: { initContainerStatuses: [{ name: "git-clone", state: { running: {} } }] },
                reason: "its pod is being created",
                events: 0,
            },
            {
                what: "creates its first container",
                status: {
                    initContainerStatuses: [
                        { name: "git-clone", state: { waiting: { reason: "PodInitializing" } } },
                    ],
                },
                reason: "FailedMount: secret push not found",
                events: 1,
            },
        ])(
            "asks $events times for events of a pod that $what",
            async ({ status, reason, events }) => {
                run.cluster.set(
                    EVENTS,
                    eventObject("Pod", `${NAME}-build`, "FailedMount", "secret push not found"),
                );
                run.start();
                await eventually(() => run.cluster.openWatches === 1, "the watch");
                run.phase({ phase: "Pending" });
                run.cluster.set(PODS, podObject(`${NAME}-build`, { phase: "Pending", ...status }));
                await run.clock.advance(5_000);
                expect(run.lines.at(-1)).toBe(`api arm64  build ${NAME}: Pending, ${reason}  5 s`);
                expect(run.cluster.count(`GET ${EVENTS}`)).toBe(events);
                run.abort.abort(new Error("interrupted"));
                await run.ended();
            },
        );

        it("cancels it when it has waited too long", async () => {
            run.start({ pendingTimeoutSeconds: 12 });
            await eventually(() => run.cluster.openWatches === 1, "the watch");
            run.phase({ phase: "Pending" });
            waiting("no node");
            await run.clock.advance(11_999);
            expect(run.cluster.count("PATCH")).toBe(0);
            await run.clock.advance(1);
            expect(await run.failed()).toBe(
                [
                    `api arm64: build ${NAME} did not start within 12 s; it was cancelled.`,
                    "Why it waited: Unschedulable: no node",
                    `Next: oc describe pod ${NAME}-build -n shop (or oc get events -n shop: the pod goes with the build)`,
                    "Next: oc get nodes -L kubernetes.io/arch",
                ].join("\n"),
            );
            expect(run.cluster.count(`PATCH ${BUILDS}/${NAME}`)).toBe(1);
            expect(run.cluster.bodies.at(-1)).toEqual({ status: { cancelled: true } });
        });

        it("does not count the time behind a running build of the same BuildConfig", async () => {
            const older = {
                creationTimestamp: "2026-11-22T16:00:00Z",
                labels: { buildconfig: "api-arm64" },
            };
            run.cluster.set(BUILDS, buildObject("api-arm64-2", { phase: "Running" }, older));
            run.start({ pendingTimeoutSeconds: 12 });
            await eventually(() => run.cluster.openWatches === 1, "the watch");
            await run.clock.advance(60_000);
            expect(run.outcome).toBeUndefined();
            expect(run.lines.slice(1)).toEqual([
                `api arm64  build ${NAME}: New, waits for build api-arm64-2 (Running) of the same BuildConfig  5 s`,
            ]);
            run.cluster.set(BUILDS, buildObject("api-arm64-2", { phase: "Complete" }, older));
            await run.clock.advance(11_999);
            expect(run.outcome).toBeUndefined();
            await run.clock.advance(1);
            expect(await run.failed()).toMatch(/did not start within 12 s/);
        });

        it("quotes events when there is no pod, and survives when it may not read them", async () => {
            const build = eventObject("Build", NAME, "FailedCreate", "exceeded quota: pods=1");
            run.cluster.set(EVENTS, build);
            run.start();
            await eventually(() => run.cluster.openWatches === 1, "the watch");
            await run.clock.advance(5_000);
            expect(run.lines.at(-1)).toBe(
                `api arm64  build ${NAME}: New, FailedCreate: exceeded quota: pods=1  5 s`,
            );
            run.cluster.on("GET", /\/(events|pods)/, () => {
                throw lost;
            });
            await run.clock.advance(5_000);
            expect(run.lines.at(-1)).toBe(
                `api arm64  build ${NAME}: New, its pod is being created  10 s`,
            );
            run.abort.abort(new Error("interrupted"));
            await run.ended();
        });
    });

    describe("whose build ends badly", () => {
        it("shows the reason, what to change, the log's end and where the rest is", async () => {
            run.start();
            await eventually(() => run.cluster.openWatches === 1, "the watch");
            run.phase({ phase: "Running" });
            run.cluster.log(LOG).push(Buffer.from("compiling\nkilled\u001b[0m\nlast words"));
            run.cluster.log(LOG).end();
            run.phase({
                phase: "Failed",
                reason: "OutOfMemoryKilled",
                message: "The build was killed.",
            });
            expect(await run.failed()).toBe(
                [
                    `api arm64: build ${NAME} ended as Failed: OutOfMemoryKilled: The build was killed.`,
                    "It ran out of memory (OOMKilled): raise multiarch:build.resources.limits.memory, or multiarch:images[].resources.limits.memory of this image.",
                    "The last lines of its log:",
                    "  | compiling",
                    "  | killed",
                    "  | last words",
                    `Whole log: ${run.directory}/shop/${NAME}.log`,
                    `Next: oc logs build/${NAME} -n shop`,
                ].join("\n"),
            );
            expect(run.cluster.count("PATCH")).toBe(0);
        });

        it("says so when it was deleted", async () => {
            run.start();
            await eventually(() => run.cluster.openWatches === 1, "the watch");
            run.cluster.remove(BUILDS, NAME);
            expect(await run.failed()).toMatch(
                /build api-arm64-3 was deleted; nothing was published/,
            );
        });

        it("cancels it when its time is over", async () => {
            run.start({ timeoutSeconds: 30 });
            await eventually(() => run.cluster.openWatches === 1, "the watch");
            run.phase({ phase: "Running" });
            run.cluster.log(LOG).push(Buffer.from("still compiling\n"));
            await run.clock.advance(30_000);
            const text = await run.failed();
            expect(text).toMatch(
                /^api arm64: build api-arm64-3 was not finished within 30 s \(Running\); it was cancelled\.\n/,
            );
            expect(text).toContain("  | still compiling\n");
            expect(run.cluster.bodies.at(-1)).toEqual({ status: { cancelled: true } });
        });
    });
});
