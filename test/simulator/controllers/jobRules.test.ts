import { endOf, ruling } from "../../../simulator/controllers/jobRules";
import type { Job } from "../../../simulator/controllers/jobObjects";
import type { Pod } from "../../../simulator/controllers/objects";

const metadata = {
    name: "a",
    namespace: "shop",
    uid: "1",
    resourceVersion: "1",
    creationTimestamp: "2026-11-26T00:00:00Z",
};
const template = { spec: { containers: [] } };
const job = (spec: Partial<Job["spec"]>): Job => ({ metadata, spec: { template, ...spec } });
const failed = (exitCode: number): Pod => ({
    metadata,
    spec: { containers: [] },
    status: {
        containerStatuses: [
            {
                name: "publisher",
                state: {
                    terminated: { exitCode, reason: "Error", startedAt: null, finishedAt: null },
                },
                lastState: {},
                ready: false,
                restartCount: 0,
                image: "",
                imageID: "",
            },
        ],
    },
});

describe("a Job ends", () => {
    it.each([
        [
            "when as many pods as it wants have succeeded",
            { succeeded: 1, failed: 0 },
            "Complete CompletionsReached",
        ],
        [
            "when more pods have failed than it allows",
            { succeeded: 0, failed: 2 },
            "Failed BackoffLimitExceeded",
        ],
        [
            "when it has run too long",
            { succeeded: 0, failed: 0, age: 60_000 },
            "Failed DeadlineExceeded",
        ],
        ["not before", { succeeded: 0, failed: 1 }, ""],
    ])("%s", (_, counts, expected) => {
        const end = endOf(job({ backoffLimit: 1, activeDeadlineSeconds: 60 }), {
            age: 0,
            ...counts,
        });
        expect(end === undefined ? "" : `${end.last} ${end.reason}`).toBe(expected);
    });

    it("at once for an exit code that its podFailurePolicy names", () => {
        const rules = [{ action: "FailJob", onExitCodes: { operator: "In", values: [77] } }];
        const policy = job({ podFailurePolicy: { rules } });
        expect(ruling(policy, failed(77))).toEqual({
            fail: "Container publisher for pod shop/a failed with exit code 77 matching FailJob rule at index 0",
        });
        expect(ruling(policy, failed(1))).toBe("Count");
    });
});
