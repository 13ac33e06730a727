import { buildWaitsFor, podWaitsFor } from "../../../steps/shared/explainPending";
import { buildSchema, eventSchema, podSchema } from "../../../cluster/objects";
import { buildObject, eventObject, podObject } from "../../cluster/objects";

const pod = (status: Record<string, unknown>) => podSchema.parse(podObject("p", status));
const build = (name: string, status: Record<string, unknown>, time = "2026-11-22T17:00:05Z") =>
    buildSchema.parse(buildObject(name, status, { creationTimestamp: time }));
const event = (reason: string, message: string, time?: string) =>
    eventSchema.parse(eventObject("Pod", "p", reason, message, time));

const unscheduled = pod({
    phase: "Pending",
    conditions: [
        {
            type: "PodScheduled",
            status: "False",
            reason: "Unschedulable",
            message: "0/2 nodes are available",
        },
    ],
});

describe("podWaitsFor", () => {
    it("quotes the scheduler", () => {
        expect(podWaitsFor(unscheduled, [])).toBe("Unschedulable: 0/2 nodes are available");
    });

    it("quotes the reason of a waiting container, init containers first", () => {
        const waiting = (reason: string, message?: string) => ({
            name: "c",
            state: { waiting: { reason, message } },
        });
        expect(
            podWaitsFor(
                pod({
                    initContainerStatuses: [waiting("ErrImagePull", "no such image")],
                    containerStatuses: [waiting("PodInitializing")],
                }),
                [],
            ),
        ).toBe("ErrImagePull: no such image");
    });

    it("falls back to the newest warning while containers are being created", () => {
        const creating = pod({
            containerStatuses: [{ name: "c", state: { waiting: { reason: "ContainerCreating" } } }],
        });
        expect(
            podWaitsFor(creating, [
                event("FailedMount", "secret push not found", "2026-11-22T17:00:09Z"),
                event("FailedCreatePodSandBox", "older", "2026-11-22T17:00:01Z"),
            ]),
        ).toBe("FailedMount: secret push not found");
        expect(podWaitsFor(creating, [])).toBeUndefined();
    });
});

describe("buildWaitsFor", () => {
    it("quotes the Build's own reason first", () => {
        const refused = build("b-2", {
            phase: "New",
            reason: "CannotCreateBuildPod",
            message: "exceeded quota",
        });
        expect(buildWaitsFor(refused, undefined, [], [])).toEqual({
            reason: "CannotCreateBuildPod: exceeded quota",
            inTurn: false,
        });
    });

    it("names the running build that has to end first", () => {
        const others = [
            build("b-3", { phase: "New" }, "2026-11-22T17:00:09Z"),
            build("b-1", { phase: "Running" }, "2026-11-22T17:00:01Z"),
            build("b-0", { phase: "Complete" }, "2026-11-22T17:00:00Z"),
        ];
        expect(buildWaitsFor(build("b-2", { phase: "New" }), undefined, [], others)).toEqual({
            reason: "waits for build b-1 (Running) of the same BuildConfig",
            inTurn: true,
        });
    });

    it("does not wait patiently for a build that is pending itself", () => {
        const others = [build("b-1", { phase: "Pending" }, "2026-11-22T17:00:01Z")];
        expect(buildWaitsFor(build("b-2", { phase: "New" }), undefined, [], others)).toEqual({
            reason: "waits for build b-1 (Pending) of the same BuildConfig",
            inTurn: false,
        });
    });

    it("has something to say when nothing is wrong", () => {
        expect(buildWaitsFor(build("b-2", { phase: "New" }), undefined, [], [])).toEqual({
            reason: "its pod is being created",
            inTurn: false,
        });
        expect(buildWaitsFor(build("b-2", { phase: "Pending" }), unscheduled, [], []).reason).toBe(
            "Unschedulable: 0/2 nodes are available",
        );
    });
});
