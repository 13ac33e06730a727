import type { PublishRequest, PublishResult } from "../../../build/publishRequest";
import { runPublish } from "../../../build/runPublish";
import { eventually, FakeClock } from "./fakeClock";
import { FakeCluster } from "./fakeCluster";
import {
    AMD64,
    ARM64,
    eventObject,
    EVENTS,
    IDENTITY,
    jobObject,
    JOBS,
    LIST,
    podObject,
    PODS,
    publishRequest,
} from "./objects";

const POD = "api-publish-x7";
const SCC_REFUSAL =
    'Error creating: pods "api-publish-" is forbidden: unable to validate against any security context constraint: ' +
    '[provider "anyuid": Forbidden: not usable by user or serviceaccount, ' +
    "provider restricted-v2: .containers[0].privileged: Invalid value: true: Privileged containers are not allowed, " +
    'provider "privileged": Forbidden: not usable by user or serviceaccount]';
const NEXT = [
    "Next: oc logs job/api-publish -n shop",
    "Next: when the cause is gone: pulumi up (it starts the publisher anew; the finished builds are reused)",
];
const published = {
    event: "published",
    digest: LIST,
    immutableTag: "f2eff76d5aae-cccccccc",
    moved: ["latest"],
    ahead: {},
};
const running = {
    phase: "Running",
    containerStatuses: [{ name: "publisher", state: { running: {} } }],
};
const ended = (phase: string, terminated: Record<string, unknown>) => ({
    phase,
    containerStatuses: [{ name: "publisher", state: { terminated } }],
});
const jobFailed = {
    type: "Failed",
    status: "True",
    reason: "BackoffLimitExceeded",
    message: "Job has reached the specified backoff limit",
};

describe("runPublish", () => {
    let cluster: FakeCluster;
    let clock: FakeClock;
    let abort: AbortController;
    let lines: string[];
    let outcome: PublishResult | Error | undefined;

    function start(changes: Partial<PublishRequest> = {}): void {
        const report = (line: string) => lines.push(line);
        runPublish(publishRequest(changes), cluster, report, abort.signal, clock).then(
            (result) => (outcome = result),
            (error: unknown) => (outcome = error as Error),
        );
    }

    const log = (pod = POD) => cluster.log(`${PODS}/${pod}/log`);
    const say = (value: unknown, pod = POD) => {
        log(pod).push(
            Buffer.from(typeof value === "string" ? value : `${JSON.stringify(value)}\n`),
        );
    };

    async function result(): Promise<PublishResult | Error> {
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

    beforeEach(() => {
        cluster = new FakeCluster();
        clock = new FakeClock();
        abort = new AbortController();
        lines = [];
        outcome = undefined;
        cluster.set(JOBS, jobObject());
    });

    it("tells the waiting pod everything at once and takes its result from its output", async () => {
        cluster.set(PODS, podObject(POD, running));
        start();
        await eventually(() => cluster.count("LOG") === 1, "the log");
        say("copying\n");
        say({ event: "ready", floating: { latest: "" } });
        say({ event: "transferred", architecture: "arm64", seconds: 1.2 });
        say(published);
        expect(await result()).toEqual({
            digest: LIST,
            immutableTag: "f2eff76d5aae-cccccccc",
            moved: ["latest"],
            ahead: {},
            seconds: 0,
        });
        expect(cluster.bodies).toEqual([
            {
                metadata: {
                    annotations: {
                        "multiarch/digest.amd64": AMD64,
                        "multiarch/digest.arm64": ARM64,
                        "multiarch/publish": "go",
                    },
                },
            },
        ]);
        expect(cluster.requests.filter((request) => request.startsWith("LOG"))).toEqual([
            `LOG ${PODS}/${POD}/log?container=publisher&follow=true`,
        ]);
        expect(lines).toEqual([
            `api publish  pod ${POD} runs  0 s`,
            "api publish  ready  0 s",
            "api publish  arm64 transferred in 1.2 s  0 s",
            "api publish  published sha256:cccccccccccc as f2eff76d5aae-cccccccc, latest  0 s",
        ]);
    });

    it("sets only the annotations that a pod lacks", async () => {
        const annotations = { "multiarch/digest.amd64": AMD64, "multiarch/digest.arm64": LIST };
        cluster.set(PODS, podObject(POD, running, { annotations }));
        start();
        await eventually(() => cluster.count("PATCH") === 1, "the patch");
        expect(cluster.bodies).toEqual([
            {
                metadata: {
                    annotations: { "multiarch/digest.arm64": ARM64, "multiarch/publish": "go" },
                },
            },
        ]);
        say(published);
        expect(await result()).toMatchObject({ digest: LIST });
    });

    it("says who is ahead when a floating tag was not moved", async () => {
        cluster.set(PODS, podObject(POD, running));
        start();
        await eventually(() => cluster.count("LOG") === 1, "the log");
        say({ ...published, moved: [], ahead: { "v0.1.0": ARM64 } });
        expect(await result()).toMatchObject({ moved: [], ahead: { "v0.1.0": ARM64 } });
        expect(lines.at(-1)).toBe(
            `api publish  tag v0.1.0 was moved by somebody else to ${ARM64} and stays there; f2eff76d5aae-cccccccc is kept  0 s`,
        );
    });

    it("tells a replacement pod the same, and follows that one", async () => {
        cluster.set(PODS, podObject("first", running));
        start();
        await eventually(() => cluster.count("LOG") === 1, "the first log");
        log("first").end();
        cluster.set(PODS, podObject("first", { ...ended("Failed", {}), reason: "Evicted" }));
        cluster.set(
            PODS,
            podObject("second", running, { creationTimestamp: "2026-11-22T18:00:00Z" }),
        );
        await eventually(() => cluster.count(`LOG ${PODS}/second`) === 1, "the second log");
        say(published, "second");
        expect(await result()).toMatchObject({ digest: LIST });
        expect(cluster.requests.filter((request) => request.startsWith("PATCH"))).toEqual([
            `PATCH ${PODS}/first`,
            `PATCH ${PODS}/second`,
        ]);
    });

    it.each(["its log", "its last words"])(
        "reads a pod that has succeeded from %s",
        async (from) => {
            const message = from === "its log" ? "" : `${JSON.stringify(published)}\n`;
            cluster.set(PODS, podObject(POD, ended("Succeeded", { exitCode: 0, message })));
            log().end();
            if (from === "its log") {
                say(published);
            }
            start();
            expect(await result()).toMatchObject({ digest: LIST });
            expect(cluster.count("PATCH")).toBe(0);
        },
    );

    it("fails when a pod succeeded and said nothing", async () => {
        cluster.set(PODS, podObject(POD, ended("Succeeded", { exitCode: 0 })));
        say("all fine\n");
        log().end();
        start();
        expect(await failure()).toBe(
            [
                "api: publisher api-publish ended without saying what it published.",
                "The last lines of its log:",
                "  | all fine",
                ...NEXT,
            ].join("\n"),
        );
    });

    it.each([
        ["a lie", '{"event":"published","digest":"latest"}\n', "does not keep to the protocol"],
        ["half a report", '{"event":"published"\n', "it printed a report that is not JSON"],
        [
            "a strange architecture",
            '{"event":"transferred","architecture":"s390x","seconds":1}\n',
            "s390x",
        ],
    ])("does not believe %s", async (_, line, problem) => {
        cluster.set(PODS, podObject(POD, running));
        start();
        await eventually(() => cluster.count("LOG") === 1, "the log");
        say(line);
        const text = await failure();
        expect(text).toMatch(/^api: publisher api-publish cannot be believed: /);
        expect(text).toContain(problem);
    });

    it("shows why the Job failed, also when it had failed before", async () => {
        cluster.set(JOBS, jobObject([jobFailed]));
        cluster.set(PODS, podObject(POD, ended("Failed", { reason: "Error", exitCode: 7 })));
        say("quay.io: 401\u001b[0m unauthorized\n");
        log().end();
        start();
        expect(await failure()).toBe(
            [
                "api: publisher api-publish failed: BackoffLimitExceeded: Job has reached the specified backoff limit",
                "Its last pod: Error, exit code 7",
                "The last lines of its log:",
                "  | quay.io: 401 unauthorized",
                ...NEXT,
            ].join("\n"),
        );
    });

    it("waits for a replacement while the Job has not failed", async () => {
        cluster.set(PODS, podObject(POD, ended("Failed", { reason: "Error", exitCode: 1 })));
        log().end();
        start();
        await clock.advance(30_000);
        expect(outcome).toBeUndefined();
        cluster.set(JOBS, jobObject([jobFailed]));
        expect(await failure()).toMatch(/BackoffLimitExceeded/);
    });

    it("waits for no further pod when the registry has refused, exit code 77", async () => {
        cluster.set(PODS, podObject(POD, ended("Failed", { reason: "Error", exitCode: 77 })));
        say("failed to send blob post: unauthorized\n");
        log().end();
        start();
        expect(await failure()).toBe(
            [
                "api: the registry refuses what publisher api-publish asks for, and would again; no floating tag moved.",
                "Check the account (multiarch:registry.username, multiarch:registryPassword or the push Secret), its right to push and its quota, and the registry's certificate.",
                "The last lines of its log:",
                "  | failed to send blob post: unauthorized",
                ...NEXT,
            ].join("\n"),
        );
    });

    it("fails when the Job is complete and its pod is gone", async () => {
        cluster.set(JOBS, jobObject([{ type: "Complete", status: "True" }]));
        start();
        expect(await failure()).toMatch(
            /is complete, but its pod is gone, and the digest with it\.\n/,
        );
    });

    it.each([
        ["does not exist", undefined],
        ["was made for other inputs", jobObject([], "ffffffffffffffff")],
    ])("says so when the Job %s", async (problem, job) => {
        cluster.remove(JOBS, "api-publish");
        if (job !== undefined) {
            cluster.set(JOBS, job);
        }
        start();
        expect(await failure()).toBe(
            `api: the publisher Job api-publish in namespace shop ${problem}; nothing was published by this run.\n` +
                "Next: pulumi up --refresh (it declares the Job again)",
        );
    });

    it("explains a refusal by security context constraints, and gives up after a minute", async () => {
        cluster.set(EVENTS, eventObject("Job", "api-publish", "FailedCreate", SCC_REFUSAL));
        cluster.on("GET", /rolebindings/, () => ({
            metadata: {},
            items: [
                {
                    roleRef: { name: "system:openshift:scc:restricted-v2" },
                    subjects: [{ kind: "ServiceAccount", name: "publisher" }],
                },
                {
                    roleRef: { name: "system:openshift:scc:privileged" },
                    subjects: [{ kind: "ServiceAccount", name: "another" }],
                },
                { roleRef: { name: "edit" }, subjects: null },
            ],
        }));
        start();
        await clock.advance(64_999);
        expect(outcome).toBeUndefined();
        await clock.advance(1);
        expect(await failure()).toBe(
            [
                "api: publisher api-publish cannot start.",
                "Why it waits: FailedCreate: unable to validate against any security context constraint: " +
                    "provider restricted-v2: .containers[0].privileged: Invalid value: true: Privileged containers are not allowed",
                "ServiceAccount publisher is bound to SCC restricted-v2. Set the publisher's SCC to one that allows what " +
                    "is refused (a RoleBinding of publisher to ClusterRole system:openshift:scc:NAME).",
                ...NEXT,
            ].join("\n"),
        );
        expect(lines.length).toBe(1);
    });

    it.each([
        ["ErrImagePull", "no such image"],
        ["CreateContainerConfigError", 'secret "quay" not found'],
    ])("explains a container that waits with %s", async (reason, message) => {
        const containerStatuses = [{ name: "publisher", state: { waiting: { reason, message } } }];
        cluster.set(PODS, podObject(POD, { phase: "Pending", containerStatuses }));
        start();
        await clock.advance(5_000);
        expect(lines).toEqual([`api publish  ${reason}: ${message}  5 s`]);
        await clock.advance(60_000);
        expect(await failure()).toContain(`Why it waits: ${reason}: ${message}\n`);
    });

    it("is patient with a pod that has no node yet, until its time is over", async () => {
        const unscheduled = {
            type: "PodScheduled",
            status: "False",
            reason: "Unschedulable",
            message: "0/2",
        };
        cluster.set(PODS, podObject(POD, { phase: "Pending", conditions: [unscheduled] }));
        start();
        await clock.advance(299_999);
        expect(outcome).toBeUndefined();
        await clock.advance(1);
        expect(await failure()).toBe(
            [
                "api: publisher api-publish did not publish within 300 s.",
                "Why it waits: Unschedulable: 0/2",
                ...NEXT,
            ].join("\n"),
        );
    });

    it("shows the last lines of a pod that took too long", async () => {
        cluster.set(PODS, podObject(POD, running));
        start({ timeoutSeconds: 20 });
        await eventually(() => cluster.count("LOG") === 1, "the log");
        say("waiting for the registry\n");
        await clock.advance(20_000);
        expect(await failure()).toBe(
            [
                "api: publisher api-publish did not publish within 20 s.",
                "The last lines of its log:",
                "  | waiting for the registry",
                ...NEXT,
            ].join("\n"),
        );
    });

    it("ignores pods of other inputs", async () => {
        const labels = { "job-name": "api-publish", "multiarch/identity": "ffffffffffffffff" };
        cluster.set(PODS, podObject("foreign", running, { labels }));
        start();
        await clock.advance(1_000);
        expect(cluster.count("PATCH")).toBe(0);
        expect(cluster.count("LOG")).toBe(0);
        abort.abort(new Error("interrupted"));
        expect(await failure()).toBe("interrupted");
        expect(IDENTITY).not.toBe(labels["multiarch/identity"]);
    });
});
