import { readBuildEnvironment, readPublishEnvironment } from "../../steps/environment";
import { AMD64, ARM64, COMMIT, IDENTITY } from "../cluster/objects";

const build = {
    MULTIARCH_IMAGE: "api",
    MULTIARCH_ARCHITECTURE: "arm64",
    MULTIARCH_NAMESPACE: "shop",
    MULTIARCH_BUILD_CONFIG: "api-arm64",
    MULTIARCH_IMAGE_STREAM: "api",
    MULTIARCH_COMMIT: COMMIT,
    MULTIARCH_IDENTITY: IDENTITY,
    MULTIARCH_PUBLISHER: "api-publish",
    MULTIARCH_PENDING_TIMEOUT_SECONDS: "60",
    MULTIARCH_TIMEOUT_SECONDS: "1800",
    PATH: "/bin",
};

const publish = {
    MULTIARCH_IMAGE: "api",
    MULTIARCH_NAMESPACE: "shop",
    MULTIARCH_PUBLISHER: "api-publish",
    MULTIARCH_PUBLISHER_IDENTITY: IDENTITY,
    MULTIARCH_DIGESTS: JSON.stringify({ amd64: AMD64, arm64: ARM64 }),
    MULTIARCH_TIMEOUT_SECONDS: "300",
    MULTIARCH_CONTEXT: "sandbox",
    MULTIARCH_KUBECONFIG: "/root/.kube/config",
};

describe("readBuildEnvironment", () => {
    it("reads everything", () => {
        expect(readBuildEnvironment(build, "/project")).toEqual({
            choice: { context: undefined, kubeconfig: undefined },
            request: {
                image: "api",
                architecture: "arm64",
                namespace: "shop",
                buildConfig: "api-arm64",
                imageStream: "api",
                commit: COMMIT,
                identity: IDENTITY,
                publisher: "api-publish",
                pendingTimeoutSeconds: 60,
                timeoutSeconds: 1800,
                logDirectory: "/project/.multiarch/logs",
            },
        });
    });

    it.each(["", undefined])("needs no publisher (%j)", (none) => {
        const environment = { ...build, MULTIARCH_PUBLISHER: none };
        expect(readBuildEnvironment(environment, "/p").request.publisher).toBeUndefined();
    });

    it.each([
        ["MULTIARCH_IMAGE", undefined, "is not set"],
        ["MULTIARCH_IMAGE", "Api", "must be a Kubernetes name"],
        ["MULTIARCH_NAMESPACE", "../etc", "must be a Kubernetes name"],
        ["MULTIARCH_ARCHITECTURE", "arm/64", "must be like amd64"],
        ["MULTIARCH_COMMIT", "main", "must be 40 hexadecimal digits"],
        ["MULTIARCH_COMMIT", COMMIT.slice(1), "must be 40 hexadecimal digits"],
        [
            "MULTIARCH_IDENTITY",
            "a".repeat(64),
            "must be 8 to 63 hexadecimal digits (it becomes a label)",
        ],
        ["MULTIARCH_TIMEOUT_SECONDS", "0", "must be a whole number of seconds, 1 to 999999"],
        ["MULTIARCH_TIMEOUT_SECONDS", "1e3", "must be a whole number of seconds, 1 to 999999"],
    ])("names %s when it is %j", (variable, value, problem) => {
        expect(() => readBuildEnvironment({ ...build, [variable]: value }, "/p")).toThrow(
            new Error(`${variable}: ${problem}`),
        );
    });

    it("names all that is missing at once", () => {
        expect(() => readBuildEnvironment({}, "/p")).toThrow(/^(MULTIARCH_\w+: is not set\n?){9}$/);
    });
});

describe("readPublishEnvironment", () => {
    it("reads everything", () => {
        expect(readPublishEnvironment(publish)).toEqual({
            choice: { context: "sandbox", kubeconfig: "/root/.kube/config" },
            request: {
                image: "api",
                namespace: "shop",
                publisher: { job: "api-publish", identity: IDENTITY },
                digests: { amd64: AMD64, arm64: ARM64 },
                timeoutSeconds: 300,
            },
        });
    });

    it.each([
        ["{", "MULTIARCH_DIGESTS: must be JSON"],
        ["{}", "MULTIARCH_DIGESTS: must name an architecture"],
        ['{"amd64":"latest"}', "MULTIARCH_DIGESTS amd64: must be sha256: and 64 digits"],
    ])("refuses %s as digests", (digests, problem) => {
        expect(() => readPublishEnvironment({ ...publish, MULTIARCH_DIGESTS: digests })).toThrow(
            new Error(problem),
        );
    });

    it("needs a publisher", () => {
        expect(() => readPublishEnvironment({ ...publish, MULTIARCH_PUBLISHER: "" })).toThrow(
            new Error("MULTIARCH_PUBLISHER: must be a Kubernetes name"),
        );
    });
});
