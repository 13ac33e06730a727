import { infrastructureCause } from "../../../steps/build/infrastructure";
import { buildSchema } from "../../../cluster/objects";
import { buildObject } from "../../cluster/objects";

const failed = (reason: string, more: Record<string, unknown> = {}) =>
    buildSchema.parse(buildObject("api-arm64-3", { phase: "Failed", reason, ...more }));

describe("infrastructureCause", () => {
    it.each([
        ["BuildPodEvicted", "its pod was evicted"],
        ["BuildPodDeleted", "its pod was deleted"],
    ])("finds it in the reason %s", (reason, cause) => {
        expect(infrastructureCause(failed(reason), [])).toBe(cause);
    });

    it.each([
        ["PushImageToRegistryFailed", "dial tcp 10.0.0.1:5000: connect: connection refused"],
        ["PullBuilderImageFailed", "received unexpected HTTP status: 503 Service Unavailable"],
        ["FetchSourceFailed", "read tcp 10.1.2.3: i/o timeout"],
        ["FetchImageContentFailed", "toomanyrequests: slow down"],
    ])("finds it at the end of the log of %s", (reason, line) => {
        const log = ["STEP 1/2: FROM base", line, "error: build error"];
        expect(infrastructureCause(failed(reason), log)).toMatch(
            /^a server was in trouble \(.+\)$/,
        );
    });

    it.each([
        ["a compile error", "DockerBuildFailed", "curl: connection refused"],
        ["memory", "OutOfMemoryKilled", ""],
        ["a refusal", "PushImageToRegistryFailed", "unauthorized: connection reset"],
        ["an image that is not there", "PullBuilderImageFailed", "manifest unknown"],
        ["trouble long before the end", "FetchSourceFailed", ""],
    ])("does not take %s for it", (_, reason, line) => {
        const log = ["connection refused", "1", "2", "3", "4", line];
        expect(infrastructureCause(failed(reason), log)).toBeUndefined();
    });

    it("leaves alone what somebody has cancelled", () => {
        const build = failed("BuildPodDeleted", { cancelled: true });
        expect(infrastructureCause(build, [])).toBeUndefined();
    });
});
