import { DIGEST } from "../../steps/build/checkImage";
import type { BuildRequest } from "../../steps/build/buildRequest";
import type { PublishRequest } from "../../steps/publish/publishRequest";
import type { TestObject } from "./fakeCluster";

export const COMMIT = "f2eff76d5aae254860514003bae1a1d18b47d779";
export const IDENTITY = "0123456789abcdef";
export const AMD64 = `sha256:${"a".repeat(64)}`;
export const ARM64 = `sha256:${"b".repeat(64)}`;
export const LIST = `sha256:${"c".repeat(64)}`;
export const BUILDS = "/apis/build.openshift.io/v1/namespaces/shop/builds";
export const INSTANTIATE =
    "/apis/build.openshift.io/v1/namespaces/shop/buildconfigs/api-arm64/instantiate";
export const IMAGES = "/apis/image.openshift.io/v1/namespaces/shop/imagestreamimages/api";
export const PODS = "/api/v1/namespaces/shop/pods";
export const JOBS = "/apis/batch/v1/namespaces/shop/jobs";
export const EVENTS = "/api/v1/namespaces/shop/events";

export function buildRequest(changes: Partial<BuildRequest> = {}): BuildRequest {
    return {
        image: "api",
        architecture: "arm64",
        namespace: "shop",
        buildConfig: "api-arm64",
        imageStream: "api",
        commit: COMMIT,
        identity: IDENTITY,
        publisher: undefined,
        pendingTimeoutSeconds: 60,
        timeoutSeconds: 600,
        logDirectory: "/nowhere/that/exists",
        ...changes,
    };
}

export function publishRequest(changes: Partial<PublishRequest> = {}): PublishRequest {
    return {
        image: "api",
        namespace: "shop",
        publisher: { job: "api-publish", identity: IDENTITY },
        digests: { amd64: AMD64, arm64: ARM64 },
        timeoutSeconds: 300,
        ...changes,
    };
}

export function buildObject(
    name: string,
    status: Record<string, unknown>,
    metadata: Record<string, unknown> = {},
    spec: Record<string, unknown> = {},
): TestObject {
    return {
        metadata: {
            name,
            uid: `uid-of-${name}`,
            creationTimestamp: "2026-11-22T17:00:00Z",
            labels: { "multiarch/identity": IDENTITY, buildconfig: "api-arm64" },
            ...metadata,
        },
        spec: {
            nodeSelector: { "kubernetes.io/arch": "arm64" },
            revision: { type: "Git", git: { commit: COMMIT } },
            ...spec,
        },
        status,
    };
}

export function pushed(phase: string, digest: string = ARM64): Record<string, unknown> {
    expect(digest).toMatch(DIGEST);
    return {
        phase,
        output: { to: { imageDigest: digest } },
        stages: [{ name: "Build", durationMilliseconds: 1585, steps: [] }],
    };
}

export function imageObject(digest: string, architecture = "arm64", commit = COMMIT) {
    return {
        image: {
            metadata: { name: digest },
            dockerImageManifestMediaType: "application/vnd.docker.distribution.manifest.v2+json",
            dockerImageMetadata: {
                Architecture: architecture,
                Config: { Labels: { "io.openshift.build.commit.id": commit } },
            },
        },
    };
}

export function podObject(
    name: string,
    status: Record<string, unknown>,
    metadata: Record<string, unknown> = {},
): TestObject {
    return {
        metadata: {
            name,
            uid: `uid-of-${name}`,
            creationTimestamp: "2026-11-22T17:00:00Z",
            labels: {
                "job-name": "api-publish",
                "multiarch/identity": IDENTITY,
                "multiarch/build.arm64": IDENTITY,
            },
            ...metadata,
        },
        status,
    };
}

export function jobObject(conditions: unknown[] = [], identity = IDENTITY): TestObject {
    return {
        metadata: { name: "api-publish" },
        spec: {
            template: {
                metadata: { labels: { "multiarch/identity": identity } },
                spec: { serviceAccountName: "publisher" },
            },
        },
        status: { conditions },
    };
}

export function eventObject(
    kind: string,
    about: string,
    reason: string,
    message: string,
    time = "2026-11-22T17:00:00Z",
): TestObject {
    return {
        metadata: { name: `${about}.${reason}`, creationTimestamp: time },
        involvedObject: { kind, name: about },
        type: "Warning",
        reason,
        message,
        lastTimestamp: null,
        eventTime: time,
    };
}
