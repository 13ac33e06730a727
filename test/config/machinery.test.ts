import { beforeStack, change, minimal, problems } from "./load";

beforeAll(beforeStack);

describe("refuses, of how images are built and published,", () => {
    it.each([
        {
            what: "a publisher image with a floating tag",
            stack: change(minimal, { publisher: { image: "quay.io/buildah/stable:latest" } }),
            expected: [
                'multiarch:publisher.image is "quay.io/buildah/stable:latest": expected a complete image name with a tag other than "latest" or with a digest, so that it does not change by itself',
            ],
        },
        {
            what: "a publisher image without a tag",
            stack: change(minimal, { publisher: { image: "quay.io/buildah/stable" } }),
            expected: [
                'multiarch:publisher.image is "quay.io/buildah/stable": expected a complete image name with a tag other than "latest" or with a digest, so that it does not change by itself',
            ],
        },
        {
            what: "an internal registry with a scheme",
            stack: change(minimal, { publisher: { internalRegistry: "https://registry" } }),
            expected: [
                'multiarch:publisher.internalRegistry is "https://registry": expected a registry, host or host:port',
            ],
        },
        {
            what: "no time for a build",
            stack: change(minimal, { build: { completionDeadlineSeconds: 0 } }),
            expected: [
                "multiarch:build.completionDeadlineSeconds is 0: expected seconds, a whole number of at least 1",
            ],
        },
        {
            what: "an unknown run policy",
            stack: change(minimal, { build: { runPolicy: "parallel" } }),
            expected: [
                'multiarch:build.runPolicy is "parallel": expected one of Serial, SerialLatestOnly, Parallel; did you mean Parallel?',
            ],
        },
        {
            what: "an unknown optimization policy",
            stack: change(minimal, { build: { imageOptimizationPolicy: "Squash" } }),
            expected: [
                'multiarch:build.imageOptimizationPolicy is "Squash": expected one of SkipLayers, None',
            ],
        },
        {
            what: "a history that keeps no build",
            stack: change(minimal, { build: { successfulHistory: 0 } }),
            expected: [
                "multiarch:build.successfulHistory is 0: expected a number of builds, a whole number of at least 1",
            ],
        },
        {
            what: "no failed build to keep",
            stack: change(minimal, { build: { failedHistory: 0 } }),
            expected: [
                "multiarch:build.failedHistory is 0: expected a number of builds, a whole number of at least 1",
            ],
        },
        {
            what: "a rebuild token with a space",
            stack: change(minimal, { rebuild: "once more" }),
            expected: [
                'multiarch:rebuild is "once more": expected a word of at most 64 letters, digits, ".", "_" and "-"',
            ],
        },
        {
            what: "a kubeconfig in the home folder",
            stack: change(minimal, { kubernetes: { kubeconfig: "~/.kube/config" } }),
            expected: [
                'multiarch:kubernetes.kubeconfig is "~/.kube/config": expected a path, absolute or relative to the project, as "~" means nothing here',
            ],
        },
        {
            what: "a kubeconfig's text, which is not repeated",
            stack: change(minimal, {
                kubernetes: {
                    kubeconfig: "apiVersion: v1\nusers: [{name: u, user: {token: hunter2}}]",
                },
            }),
            expected: [
                'multiarch:kubernetes.kubeconfig is set (string, not shown): expected a path, absolute or relative to the project, as "~" means nothing here',
            ],
        },
        {
            what: "a kubeconfig's text in one line, which is not repeated",
            stack: change(minimal, {
                kubernetes: { kubeconfig: "users: [{name: u, user: {token: hunter2}}]" },
            }),
            expected: [
                'multiarch:kubernetes.kubeconfig is set (string, not shown): expected a path, absolute or relative to the project, as "~" means nothing here',
            ],
        },
        {
            what: "a kubeconfig's text in base64, which is not repeated",
            stack: change(minimal, {
                kubernetes: { kubeconfig: "YXBpVmVyc2lvbjogdjEKdG9rZW46IGh1bnRlcjIK" },
            }),
            expected: [
                'multiarch:kubernetes.kubeconfig is set (string, not shown): expected a path, absolute or relative to the project, as "~" means nothing here',
            ],
        },
        {
            what: "a source stack without its organization",
            stack: change(minimal, { sourceStack: "multiarch/dev" }),
            expected: [
                'multiarch:sourceStack is "multiarch/dev": expected a stack, organization/project/stack',
            ],
        },
    ])("$what", ({ stack, expected }) => {
        expect(problems(stack)).toEqual(expected);
    });
});
