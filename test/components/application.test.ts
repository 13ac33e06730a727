import * as pulumi from "@pulumi/pulumi";

import type { ApplicationArgs } from "../../components/applicationArgs";
import { Application } from "../../components/application";
import { identityOf } from "../../components/identity";
import { UNKNOWN, inputsOf, record } from "../mocks";
import { TYPES, application as args, digest, timing } from "./fixtures";

const component = "multiarch:index:Application api";
const configMap = `${TYPES.configMap} api-config`;
const deployment = `${TYPES.deployment} api-deployment`;
const rollout = `${TYPES.command} api-rollout`;
const service = `${TYPES.service} api-service`;

const configFile = { path: "/etc/api/config.yaml", content: "level: info\n" };

interface DeploymentSpec {
    template: {
        metadata: { annotations?: Record<string, string> };
        spec: { containers: [Record<string, unknown>] } & Record<string, unknown>;
    };
}

function create(given: Partial<ApplicationArgs> = {}) {
    return () => new Application("api", { ...args, ...given });
}

/** The pods of an application with these arguments. */
async function podsOf(given: Partial<ApplicationArgs> = {}) {
    const spec = inputsOf(await record(create(given)), deployment)["spec"] as DeploymentSpec;
    return { ...spec.template, container: spec.template.spec.containers[0] };
}

describe("Application", () => {
    it("is a Deployment pinned by digest on nodes of its architectures, whose rollout is followed, and a Service", async () => {
        const { registrations } = await record(create(), {
            state: ({ type }) =>
                type === TYPES.deployment ? { metadata: { uid: "d1", generation: 3 } } : {},
        });

        expect(registrations).toEqual({
            [component]: { dependencies: [], inputs: {} },
            [deployment]: {
                parent: component,
                dependencies: [],
                inputs: {
                    apiVersion: "apps/v1",
                    kind: "Deployment",
                    metadata: {
                        name: "api",
                        namespace: "shop",
                        labels: { app: "api" },
                        annotations: { "pulumi.com/waitFor": "jsonpath={.metadata.uid}" },
                    },
                    spec: {
                        replicas: 2,
                        strategy: {
                            type: "RollingUpdate",
                            rollingUpdate: { maxSurge: "50%", maxUnavailable: 0 },
                        },
                        selector: { matchLabels: { app: "api" } },
                        template: {
                            metadata: { labels: { app: "api" } },
                            spec: {
                                serviceAccountName: "default",
                                affinity: {
                                    nodeAffinity: {
                                        requiredDuringSchedulingIgnoredDuringExecution: {
                                            nodeSelectorTerms: [
                                                {
                                                    matchExpressions: [
                                                        {
                                                            key: "kubernetes.io/arch",
                                                            operator: "In",
                                                            values: ["amd64", "s390x"],
                                                        },
                                                    ],
                                                },
                                            ],
                                        },
                                    },
                                },
                                topologySpreadConstraints: [
                                    {
                                        maxSkew: 1,
                                        topologyKey: "kubernetes.io/arch",
                                        whenUnsatisfiable: "ScheduleAnyway",
                                        matchLabelKeys: ["pod-template-hash"],
                                        labelSelector: { matchLabels: { app: "api" } },
                                    },
                                ],
                                containers: [
                                    {
                                        name: "api",
                                        image: `quay.io/shop/api@${digest("d")}`,
                                        imagePullPolicy: "IfNotPresent",
                                        ports: [
                                            { name: "http", containerPort: 8091 },
                                            { name: "metrics", containerPort: 9090 },
                                        ],
                                        livenessProbe: {
                                            httpGet: { path: "/health", port: 8091 },
                                            initialDelaySeconds: 30,
                                            periodSeconds: 10,
                                            timeoutSeconds: 5,
                                            failureThreshold: 3,
                                        },
                                        readinessProbe: {
                                            httpGet: { path: "/health", port: 8091 },
                                            initialDelaySeconds: 6,
                                            periodSeconds: 4,
                                            timeoutSeconds: 2,
                                            failureThreshold: 1,
                                        },
                                        resources: { requests: { cpu: "100m" } },
                                        securityContext: {
                                            runAsNonRoot: true,
                                            allowPrivilegeEscalation: false,
                                            capabilities: { drop: ["ALL"] },
                                            seccompProfile: { type: "RuntimeDefault" },
                                        },
                                    },
                                ],
                            },
                        },
                    },
                },
            },
            [rollout]: {
                parent: component,
                dependencies: [deployment],
                inputs: {
                    create: "exec sh build/command.sh rollout",
                    environment: {
                        MULTIARCH_APPLICATION: "api",
                        MULTIARCH_NAMESPACE: "shop",
                        MULTIARCH_DEPLOYMENT: "api",
                        MULTIARCH_DEPLOYMENT_UID: "d1",
                        MULTIARCH_GENERATION: "3",
                        MULTIARCH_TIMEOUT_SECONDS: "240",
                    },
                    addPreviousOutputInEnv: false,
                    logging: "stderr",
                },
            },
            [service]: {
                parent: component,
                dependencies: [],
                inputs: {
                    apiVersion: "v1",
                    kind: "Service",
                    metadata: {
                        name: "api",
                        namespace: "shop",
                        labels: { app: "api" },
                        annotations: { "pulumi.com/skipAwait": "true" },
                    },
                    spec: {
                        selector: { app: "api" },
                        ports: [
                            { name: "http", port: 8091, targetPort: 8091 },
                            { name: "metrics", port: 9090, targetPort: 9090 },
                        ],
                    },
                },
            },
        });
    });

    it("mounts the file from a ConfigMap that the pods wait for", async () => {
        const { registrations } = await record(create({ configFile }));
        const { spec, container } = await podsOf({ configFile });

        expect(registrations[configMap]).toEqual({
            parent: component,
            dependencies: [],
            inputs: {
                apiVersion: "v1",
                kind: "ConfigMap",
                metadata: { name: "api-config", namespace: "shop", labels: { app: "api" } },
                data: { "config.yaml": "level: info\n" },
            },
        });
        expect(registrations[deployment]?.dependencies).toEqual([configMap]);
        expect(container["volumeMounts"]).toEqual([
            { name: "config", mountPath: "/etc/api", readOnly: true },
        ]);
        expect(spec["volumes"]).toEqual([{ name: "config", configMap: { name: "api-config" } }]);
    });

    it("rolls the pods over when the file's content or place changes", async () => {
        const annotations = new Set<string | undefined>();
        for (const given of [
            configFile,
            { ...configFile, content: "level: debug\n" },
            { ...configFile, path: "/etc/api/other.yaml" },
        ]) {
            const { metadata } = await podsOf({ configFile: given });
            expect(metadata.annotations).toEqual({ "multiarch/config": identityOf(given) });
            annotations.add(metadata.annotations?.["multiarch/config"]);
        }

        expect(annotations.size).toBe(3);
    });

    it("rolls the same image again at another word, and at none that was never said", async () => {
        const { metadata } = await podsOf({ restart: "again-2", configFile });

        expect(metadata.annotations).toEqual({
            "multiarch/config": identityOf(configFile),
            "multiarch/restart": "again-2",
        });
        const { annotations } = (await podsOf({ restart: "again-3" })).metadata;
        expect(annotations).toEqual({ "multiarch/restart": "again-3" });
        expect((await podsOf({})).metadata).toEqual({ labels: { app: "api" } });
    });

    it("sets variables in plain text and from Secrets", async () => {
        const { container } = await podsOf({
            env: { LEVEL: "info" },
            secretEnv: [{ name: "PASSWORD", secret: "database", key: "password" }],
        });

        expect(container["env"]).toEqual([
            { name: "LEVEL", value: "info" },
            {
                name: "PASSWORD",
                valueFrom: { secretKeyRef: { name: "database", key: "password" } },
            },
        ]);
    });

    it("asks until the first answer by a probe of its own, when there is one", async () => {
        const { container } = await podsOf({
            probe: { ...args.probe, startup: timing(0, 1, 3, 60) },
        });

        expect(container["startupProbe"]).toEqual({
            httpGet: { path: "/health", port: 8091 },
            initialDelaySeconds: 0,
            periodSeconds: 1,
            timeoutSeconds: 3,
            failureThreshold: 60,
        });
    });

    it("passes arguments, and pulls with the Secret that it is given", async () => {
        const { spec, container } = await podsOf({ args: ["--fast"], pullSecret: "push" });

        expect(container["args"]).toEqual(["--fast"]);
        expect(spec["imagePullSecrets"]).toEqual([{ name: "push" }]);
    });

    it("labels its objects, and no pod, as part of something", async () => {
        const recording = await record(create({ partOf: "kubernaut", configFile }));
        const labels = { app: "api", "part-of": "kubernaut" };

        for (const object of [configMap, deployment, service]) {
            expect(inputsOf(recording, object)["metadata"]).toMatchObject({ labels });
        }
        expect((await podsOf({ partOf: "kubernaut" })).metadata).toEqual({
            labels: { app: "api" },
        });
    });

    it("gives all objects and the container the name that it is told, for a namespace with two of it", async () => {
        const recording = await record(create({ name: "api-staging", configFile }));

        for (const [object, name] of [
            [configMap, "api-staging-config"],
            [deployment, "api-staging"],
            [service, "api-staging"],
        ] as const) {
            const labels = { app: "api-staging" };
            expect(inputsOf(recording, object)["metadata"]).toMatchObject({ name, labels });
        }
        const { spec } = inputsOf(recording, service) as { spec: { selector: unknown } };
        expect(spec.selector).toEqual({ app: "api-staging" });
        const { metadata, container } = await podsOf({ name: "api-staging" });
        expect(metadata).toEqual({ labels: { app: "api-staging" } });
        expect(container["name"]).toBe("api-staging");
    });

    it("registers the Service's name", async () => {
        expect((await record(create())).outputs).toEqual({ [component]: { service: "api" } });
    });

    it("has a Service only when the rollout is complete, which a preview cannot know", async () => {
        const { registrations, outputs } = await record(create({ configFile }), {
            preview: true,
            state: ({ type }) =>
                type === TYPES.configMap ? { metadata: pulumi.runtime.unknownValue } : {},
        });

        expect(Object.keys(registrations).sort()).toEqual(
            [component, configMap, deployment, rollout, service].sort(),
        );
        expect(outputs).toEqual({ [component]: { service: UNKNOWN } });
    });
});
