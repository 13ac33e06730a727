import { eventually } from "../../cluster/fakeClock";
import {
    eventObject,
    EVENTS,
    IDENTITY,
    jobObject,
    JOBS,
    podObject,
    PODS,
} from "../../cluster/objects";
import { POD, PublishRun } from "../programRun";

const SCC_REFUSAL =
    'Error creating: pods "api-publish-" is forbidden: unable to validate against any security context constraint: ' +
    '[provider "anyuid": Forbidden: not usable by user or serviceaccount, ' +
    "provider restricted-v2: .containers[0].privileged: Invalid value: true: Privileged containers are not allowed, " +
    'provider "privileged": Forbidden: not usable by user or serviceaccount]';
const NEXT = [
    "Next: oc logs job/api-publish -n shop",
    "Next: when the cause is gone: pulumi up (it starts the publisher anew; the finished builds are reused)",
];
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

describe("runPublish, when its Job does not succeed", () => {
    let run: PublishRun;
    beforeEach(() => {
        run = new PublishRun();
    });

    it("shows why the Job failed, also when it had failed before", async () => {
        run.cluster.set(JOBS, jobObject([jobFailed]));
        run.cluster.set(PODS, podObject(POD, ended("Failed", { reason: "Error", exitCode: 7 })));
        run.say("quay.io: 401\u001b[0m unauthorized\n");
        run.log().end();
        run.start();
        expect(await run.failed()).toBe(
            [
                "api: publisher api-publish failed: BackoffLimitExceeded: Job has reached the specified backoff limit",
                "Its last pod: Error, exit code 7",
                "The last lines of its log:",
                "  | quay.io: 401 unauthorized",
                ...NEXT,
            ].join("\n"),
        );
    });

    it("takes what its container left behind where the kubelet has removed the container's log", async () => {
        const terminated = { reason: "Error", exitCode: 7, message: "quay.io: 401 unauthorized" };
        run.cluster.set(JOBS, jobObject([jobFailed]));
        run.cluster.set(PODS, podObject(POD, ended("Failed", terminated)));
        run.say("unable to retrieve container logs for cri-o://0123456789abcdef");
        run.log().end();
        run.start();
        const text = await run.failed();
        expect(text).toContain("  | quay.io: 401 unauthorized\n");
        expect(text).not.toContain("unable to retrieve");
    });

    it("waits for a replacement while the Job has not failed", async () => {
        run.cluster.set(PODS, podObject(POD, ended("Failed", { reason: "Error", exitCode: 1 })));
        run.log().end();
        run.start();
        await run.clock.advance(30_000);
        expect(run.outcome).toBeUndefined();
        run.cluster.set(JOBS, jobObject([jobFailed]));
        expect(await run.failed()).toMatch(/BackoffLimitExceeded/);
    });

    it("waits for no further pod when the registry has refused, exit code 77", async () => {
        run.cluster.set(PODS, podObject(POD, running));
        run.start();
        await eventually(() => run.cluster.count("PATCH") === 1, "the patch");
        run.cluster.set(PODS, podObject(POD, ended("Failed", { reason: "Error", exitCode: 77 })));
        run.say("failed to send blob post: unauthorized\n");
        run.log().end();
        expect(await run.failed()).toBe(
            [
                "api: the registry refuses what publisher api-publish asks for, and would again; no floating tag moved.",
                "Check the account (multiarch:registry.username, multiarch:registryPassword or the push Secret), its right to push and its quota, and the registry's certificate.",
                "The last lines of its log:",
                "  | failed to send blob post: unauthorized",
                ...NEXT,
            ].join("\n"),
        );
    });

    it.each([77, 78])(
        "waits for the next pod when an earlier update's ended with exit code %s, and its cause may be gone",
        async (exitCode) => {
            run.cluster.set(PODS, podObject(POD, ended("Failed", { reason: "Error", exitCode })));
            run.say("failed to send blob post: unauthorized\n");
            run.log().end();
            run.start();
            await run.clock.advance(30_000);
            expect(run.outcome).toBeUndefined();
            run.cluster.set(JOBS, jobObject([jobFailed]));
            expect(await run.failed()).toContain("unauthorized");
        },
    );

    it("waits for no further pod when an image is not for its architecture, exit code 78, and blames no registry", async () => {
        run.cluster.set(PODS, podObject(POD, running));
        run.start();
        await eventually(() => run.cluster.count("PATCH") === 1, "the patch");
        run.cluster.set(PODS, podObject(POD, ended("Failed", { reason: "Error", exitCode: 78 })));
        run.say("the arm64 image starts /app/server, which is for amd64\n");
        run.log().end();
        expect(await run.failed()).toBe(
            [
                "api: an image is not for the architecture that it was built for; no list was made, and no floating tag moved.",
                "A base of one architecture is the usual cause: OpenShift's builder stamps an image with its node's architecture, whatever its base holds. The bases, and what is copied, must offer every architecture of the image.",
                "What is meant to be there: pulumi config set --path 'multiarch:contents.allow[0]' PATH",
                "The last lines of its log:",
                "  | the arm64 image starts /app/server, which is for amd64",
                NEXT[0],
                "Next: mend the Dockerfile and push the commit, then: pulumi up",
            ].join("\n"),
        );
    });

    it("fails when the Job is complete and its pod is gone", async () => {
        run.cluster.set(JOBS, jobObject([{ type: "Complete", status: "True" }]));
        run.start();
        expect(await run.failed()).toMatch(
            /is complete, but its pod is gone, and the digest with it\.\n/,
        );
    });

    it.each([
        ["does not exist", undefined],
        ["was made for other inputs", jobObject([], "ffffffffffffffff")],
    ])("says so when the Job %s", async (problem, job) => {
        run.cluster.remove(JOBS, "api-publish");
        if (job !== undefined) {
            run.cluster.set(JOBS, job);
        }
        run.start();
        expect(await run.failed()).toBe(
            `api: the publisher Job api-publish in namespace shop ${problem}; nothing was published by this run.\n` +
                "Next: pulumi up --refresh (it declares the Job again)",
        );
    });

    it("explains a refusal by security context constraints, and gives up after a minute", async () => {
        run.cluster.set(EVENTS, eventObject("Job", "api-publish", "FailedCreate", SCC_REFUSAL));
        run.cluster.on("GET", /rolebindings/, () => ({
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
        run.start();
        await run.clock.advance(64_999);
        expect(run.outcome).toBeUndefined();
        await run.clock.advance(1);
        expect(await run.failed()).toBe(
            [
                "api: publisher api-publish cannot start.",
                "Why it waits: FailedCreate: unable to validate against any security context constraint: " +
                    "provider restricted-v2: .containers[0].privileged: Invalid value: true: Privileged containers are not allowed",
                "ServiceAccount publisher is bound to SCC restricted-v2. Set the publisher's SCC to one that allows what " +
                    "is refused (a RoleBinding of publisher to ClusterRole system:openshift:scc:NAME).",
                ...NEXT,
            ].join("\n"),
        );
        expect(run.lines.length).toBe(1);
    });

    it.each([
        ["ErrImagePull", "no such image", 60_000],
        ["CreateContainerConfigError", 'secret "quay" not found', 5_000],
        ["CreateContainerConfigError", "couldn't find key user in Secret shop/quay", 5_000],
        ["InvalidImageName", 'couldn\'t parse image name "x:"', 5_000],
    ])("explains a container that waits with %s: %s", async (reason, message, patience) => {
        const containerStatuses = [{ name: "publisher", state: { waiting: { reason, message } } }];
        run.cluster.set(PODS, podObject(POD, { phase: "Pending", containerStatuses }));
        run.start();
        await run.clock.advance(5_000);
        expect(run.lines).toEqual([`api publish  ${reason}: ${message}  5 s`]);
        await run.clock.advance(patience - 1);
        expect(run.outcome).toBeUndefined();
        await run.clock.advance(1);
        expect(await run.failed()).toContain(`Why it waits: ${reason}: ${message}\n`);
    });

    it("is patient with a pod that has no node yet, until its time is over", async () => {
        const unscheduled = {
            type: "PodScheduled",
            status: "False",
            reason: "Unschedulable",
            message: "0/2",
        };
        run.cluster.set(PODS, podObject(POD, { phase: "Pending", conditions: [unscheduled] }));
        run.start();
        await run.clock.advance(299_999);
        expect(run.outcome).toBeUndefined();
        await run.clock.advance(1);
        expect(await run.failed()).toBe(
            [
                "api: publisher api-publish did not publish within 300 s.",
                "Why it waits: Unschedulable: 0/2",
                ...NEXT,
            ].join("\n"),
        );
    });

    it("shows the last lines of a pod that took too long", async () => {
        run.cluster.set(PODS, podObject(POD, running));
        run.start({ timeoutSeconds: 20 });
        await eventually(() => run.cluster.count("LOG") === 1, "the log");
        run.say("waiting for the registry\n");
        await run.clock.advance(20_000);
        expect(await run.failed()).toBe(
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
        run.cluster.set(PODS, podObject("foreign", running, { labels }));
        run.start();
        await run.clock.advance(1_000);
        expect(run.cluster.count("PATCH")).toBe(0);
        expect(run.cluster.count("LOG")).toBe(0);
        run.abort.abort(new Error("interrupted"));
        expect(await run.failed()).toBe("interrupted");
        expect(IDENTITY).not.toBe(labels["multiarch/identity"]);
    });
});
