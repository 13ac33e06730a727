import * as pulumi from "@pulumi/pulumi";

import { ports, timing } from "../components/fixtures";
import { beforeStack, change, load, minimal, refusal, type Stack } from "./load";

const zeros = `sha256:${"0".repeat(64)}`;

/** A stack that sets everything that can be set together. */
const full: Stack = {
    values: {
        namespace: { name: "shop", create: false },
        git: { url: "https://git.example.com/shop.git", ref: "v1", commit: "a".repeat(40) },
        gitUsername: "ann",
        registry: { server: "registry.example.com:5000", username: "robot" },
        architectures: ["amd64", "s390x"],
        images: [
            {
                name: "api",
                dockerfilePath: "docker/api.Dockerfile",
                contextDir: "services/api",
                buildArgs: { VERSION: "1.0" },
                destination: "registry.example.com:5000/shop/api",
                tags: ["latest", "v1.0"],
                git: { url: "git@git.example.com:api.git", sourceSecret: "clone" },
                architectures: ["arm64"],
                resources: { requests: { cpu: 1 }, limits: { memory: "2Gi" } },
                application: {
                    replicas: 3,
                    ports: [{ name: "web", port: 8080 }],
                    args: ["--verbose"],
                    env: { MODE: "fast" },
                    secretEnv: [{ name: "TOKEN", secret: "token", key: "value" }],
                    configFile: { path: "/etc/api/config.yaml", content: "a: 1\n" },
                    probe: {
                        path: "/ready",
                        port: 8080,
                        liveness: {
                            initialDelaySeconds: 1,
                            periodSeconds: 2,
                            timeoutSeconds: 3,
                            failureThreshold: 4,
                        },
                        readiness: { initialDelaySeconds: 0, periodSeconds: 1 },
                        startup: {},
                    },
                    resources: { limits: { cpu: "2", memory: "1Gi" } },
                    maxSurge: "30%",
                    rolloutTimeoutSeconds: 60,
                    serviceAccount: "api",
                    partOf: "shop",
                },
            },
            {
                name: "worker",
                destination: "registry.example.com:5000/shop/worker",
                tags: [],
                digest: zeros,
                application: {},
            },
        ],
        build: {
            completionDeadlineSeconds: 900,
            pendingTimeoutSeconds: 60,
            runPolicy: "Parallel",
            imageOptimizationPolicy: "None",
            successfulHistory: 5,
            failedHistory: 6,
            resources: { limits: { cpu: "4" } },
        },
        publisher: { tool: "buildah", timeoutSeconds: 60, backoffLimit: 0 },
        contents: { allow: ["/opt/tools/*"] },
        rebuild: "again-1",
        kubernetes: { context: "shop", kubeconfig: "/home/ann/.kube/config" },
        sourceStack: "organization/multiarch/staging",
    },
    secrets: { gitPassword: "hunter1", registryPassword: "hunter2" },
};

const defaultApplication = {
    replicas: 1,
    ports,
    probe: {
        path: "/health",
        port: 8091,
        liveness: timing(30, 10, 5, 3),
        readiness: timing(5, 5, 3, 3),
    },
    resources: {
        requests: { cpu: "100m", memory: "128Mi" },
        limits: { cpu: "500m", memory: "512Mi" },
    },
    maxSurge: "100%",
    rolloutTimeoutSeconds: 300,
    serviceAccount: "default",
};

const defaultPublisher = {
    tool: "regctl",
    image: "ghcr.io/regclient/regctl:v0.11.7-alpine",
    scc: "restricted-v2",
    resources: {
        requests: { cpu: "50m", memory: "64Mi" },
        limits: { cpu: "1", memory: "512Mi" },
    },
    timeoutSeconds: 600,
    backoffLimit: 3,
    internalRegistry: "image-registry.openshift-image-registry.svc:5000",
};

beforeAll(beforeStack);

describe("contents.allow", () => {
    it.each(["opt/tool", "/opt/my tool", "", "/x\n"])("refuses %j, by its place", (path) => {
        const stack = change(minimal, { contents: { allow: [path] } });
        expect(() => load(stack)).toThrow(
            "multiarch:contents.allow[0] is " +
                `${JSON.stringify(path)}: expected an absolute path without white space, in which * stands for any text`,
        );
    });
});

describe("loadConfig", () => {
    it("fills in what the least configuration leaves out", () => {
        expect(load(minimal)).toEqual({
            namespace: { name: "shop", create: true },
            git: { url: "https://git.example.com/shop.git", ref: "main" },
            registry: { server: "quay.io", pushSecret: "push" },
            architectures: ["amd64", "arm64"],
            images: [
                {
                    name: "api",
                    dockerfilePath: "Dockerfile",
                    contextDir: ".",
                    buildArgs: {},
                    destination: "quay.io/shop/api",
                    tags: ["latest"],
                    git: { url: "https://git.example.com/shop.git", ref: "main" },
                    architectures: ["amd64", "arm64"],
                },
            ],
            build: {
                completionDeadlineSeconds: 1800,
                pendingTimeoutSeconds: 300,
                runPolicy: "Serial",
                imageOptimizationPolicy: "SkipLayers",
                successfulHistory: 2,
                failedHistory: 2,
            },
            publisher: defaultPublisher,
            contents: { allow: [] },
        });
    });

    it("keeps everything that a full configuration sets", () => {
        const { gitPassword, registryPassword, images, ...rest } = load(full);
        const { images: given, ...values } = full.values as { images: Record<string, unknown>[] };
        expect(rest).toEqual({
            ...values,
            publisher: {
                ...defaultPublisher,
                ...{ tool: "buildah", timeoutSeconds: 60, backoffLimit: 0 },
                ...{ image: "quay.io/buildah/stable:v1.42.0", scc: "anyuid" },
            },
        });
        expect(images).toEqual([
            {
                ...given[0],
                git: { url: "git@git.example.com:api.git", ref: "main", sourceSecret: "clone" },
                resources: { requests: { cpu: "1" }, limits: { memory: "2Gi" } },
                application: {
                    ...(given[0]?.["application"] as object),
                    probe: {
                        path: "/ready",
                        port: 8080,
                        liveness: {
                            initialDelaySeconds: 1,
                            periodSeconds: 2,
                            timeoutSeconds: 3,
                            failureThreshold: 4,
                        },
                        readiness: {
                            initialDelaySeconds: 0,
                            periodSeconds: 1,
                            timeoutSeconds: 3,
                            failureThreshold: 3,
                        },
                        startup: {
                            initialDelaySeconds: 0,
                            periodSeconds: 1,
                            timeoutSeconds: 3,
                            failureThreshold: 60,
                        },
                    },
                    resources: {
                        requests: { cpu: "100m", memory: "128Mi" },
                        limits: { cpu: "2", memory: "1Gi" },
                    },
                },
            },
            {
                ...given[1],
                dockerfilePath: "Dockerfile",
                contextDir: ".",
                buildArgs: {},
                architectures: ["amd64", "s390x"],
                application: defaultApplication,
            },
        ]);
        expect(
            [gitPassword, registryPassword].every((value) => pulumi.Output.isInstance(value)),
        ).toBe(true);
    });

    it("hands out passwords as secrets", async () => {
        const { registryPassword } = load(full);
        expect.assertions(2);
        const password = pulumi.output(registryPassword);
        await new Promise<void>((resolve) => {
            password.apply((value) => {
                expect(value).toBe("hunter2");
                resolve();
            });
        });
        await expect(pulumi.isSecret(password)).resolves.toBe(true);
    });

    it("takes the empty defaults of Pulumi.yaml for settings that are not set", () => {
        const empty = { gitUsername: "", gitPassword: "", rebuild: "", build: {}, kubernetes: {} };
        expect(load(change(minimal, empty))).toEqual(load(minimal));
    });

    it("does not ask for Git and credentials where nothing is built", () => {
        const image = { name: "api", destination: "quay.io/shop/api", digest: zeros };
        const stack = change(minimal, {
            git: undefined,
            registry: undefined,
            images: [{ ...image, application: {} }],
        });
        expect(load(stack).images.map(({ digest, git }) => ({ digest, git }))).toEqual([
            { digest: zeros, git: undefined },
        ]);
    });

    it("names every problem at once, of single settings and of rules, and what to type next", () => {
        const stack = change(minimal, {
            registry: { username: "robot", pushSecret: 5 },
            registryPassword: "hunter2",
            images: [
                { name: "api", destination: "quay.io/shop/api" },
                { name: "api", destination: "docker.io/shop/api", tags: ["a b"], tag: "hunter2" },
            ],
            build: { runPolicy: "Never" },
        });
        expect(refusal(stack)).toBe(
            `The configuration of stack dev has 8 problems:
  multiarch:registry.pushSecret is 5: expected the name of a Secret, of at most 253 lower-case letters, digits, "-" and "."
  multiarch:registryPassword is in plain text: expected a secret, as set by: pulumi config set --secret multiarch:registryPassword
  multiarch:images[1].tags[0] is "a b": expected a tag of at most 128 letters, digits, "_", "." and "-", in quotes, not beginning with "." or "-"
  multiarch:images[1].tag is not a setting: expected one of name, dockerfilePath, contextDir, buildArgs, destination, tags, git, digest, architectures, resources, application; did you mean tags?
  multiarch:build.runPolicy is "Never": expected one of Serial, SerialLatestOnly, Parallel
  multiarch:registry.pushSecret is 5: expected either pushSecret or username with registryPassword, not both
  multiarch:images[1].destination is "docker.io/shop/api": expected a repository of the registry in multiarch:registry.server
  multiarch:images[1].name is "api": expected another name than that of images[0]
Next:
  pulumi config set --secret multiarch:registryPassword --stack dev
  edit Pulumi.dev.yaml, then run: pulumi preview --stack dev`,
        );
    });
});
