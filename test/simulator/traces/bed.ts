import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { VirtualClock } from "../../../simulator/clock";
import type { Resource } from "../../../simulator/controllers/client";
import type { Job, Pod } from "../../../simulator/controllers/objects";
import type { Build, Deployment } from "../../../simulator/controllers/workloads";
import { commit, makeRepository } from "../../../simulator/git/repository";
import type { ApplicationBehaviour } from "../../../simulator/programs/application";
import { publisherTwin } from "../../../simulator/programs/publisher";
import { Registry } from "../../../simulator/registry/registry";
import { type ClusterOptions, simulateCluster } from "../../../simulator/simulateCluster";
import { Histories, type ObjectHistory } from "./history";

const INTERNAL = "image-registry.openshift-image-registry.svc:5000";
const NAME = "context-api";
const NAMESPACE = "bed-1";
/** Architectures of the recorded cluster's two nodes. */
export const ARCHITECTURES = ["amd64", "arm64"] as const;
type Architecture = (typeof ARCHITECTURES)[number];

const SCRATCH = [
    "FROM quay.io/sandbox/base:latest",
    "COPY VERSION /service/VERSION",
    'ENTRYPOINT ["/service/main"]',
    "",
].join("\n");

/** Where a namespace with one image and its service is simulated on virtual time, and told as the digest tells it. */
export class Bed {
    readonly clock = new VirtualClock();
    readonly quay = new Registry({ now: () => this.clock.now() });
    readonly internal = new Registry({ now: () => this.clock.now() });
    readonly histories = new Histories();
    readonly cluster;
    private readonly folder = mkdtempSync(join(tmpdir(), "multiarch-bed-"));
    private commits = 0;
    private head = "";

    constructor(
        options: Partial<Pick<ClusterOptions, "trouble">> & {
            readonly behaviour?: (image: string) => ApplicationBehaviour;
        } = {},
    ) {
        this.cluster = simulateCluster({
            ...options,
            nodes: ARCHITECTURES.map((architecture) => ({
                name: `node-${architecture}`,
                architecture,
            })),
            clock: this.clock,
            internal: this.internal,
            published: { registry: this.quay, host: "quay.io" },
            repositoryOf: () => this.folder,
            report: (error) => {
                throw error as Error;
            },
            publisher: publisherTwin((host) => (host === "quay.io" ? this.quay : this.internal)),
        });
        this.cluster.store.listen(({ collection, type, object }) => {
            const kind = collection.split("/").at(-1) ?? "";
            if (kind === "events" && type !== "DELETED") {
                this.event(object);
            } else if (KINDS.includes(kind)) {
                this.histories.state(kind, object.metadata.name, type, object);
            }
        });
    }

    /** Declares what the program declares, but Jobs and Deployments. */
    async declare(): Promise<void> {
        this.head = makeRepository(this.folder, this.files());
        await this.cluster.ready;
        await this.create("namespaces", "", { metadata: { name: NAMESPACE } });
        const data = { ".dockerconfigjson": Buffer.from('{"auths":{}}').toString("base64") };
        await this.create("secrets", NAMESPACE, {
            metadata: { name: "multiarch-push", namespace: NAMESPACE },
            type: "kubernetes.io/dockerconfigjson",
            data,
        });
        await this.map("multiarch-publisher-program", { "publish.sh": "" });
        await this.map(`${NAME}-config`, { "config.yaml": "" });
        await this.create("serviceaccounts", NAMESPACE, {
            metadata: { name: "multiarch-publisher", namespace: NAMESPACE },
        });
        await this.declareStream();
        await this.declareBuildConfigs();
        await this.clock.sleep(500);
    }

    /** Declares the ImageStream. */
    async declareStream(): Promise<void> {
        await this.create("imagestreams", NAMESPACE, {
            apiVersion: "image.openshift.io/v1",
            kind: "ImageStream",
            metadata: { name: NAME, namespace: NAMESPACE, labels: { app: NAME } },
        });
    }

    /** Declares one BuildConfig for each architecture. */
    async declareBuildConfigs(more: object = {}): Promise<void> {
        for (const architecture of ARCHITECTURES) {
            await this.create("buildconfigs", NAMESPACE, {
                apiVersion: "build.openshift.io/v1",
                kind: "BuildConfig",
                metadata: { name: `${NAME}-${architecture}`, namespace: NAMESPACE },
                spec: {
                    runPolicy: "Serial",
                    source: { type: "Git", git: { uri: "git://git.test/bed.git", ref: "main" } },
                    strategy: {
                        type: "Docker",
                        dockerStrategy: {
                            pullSecret: { name: "multiarch-push" },
                            dockerfilePath: "Dockerfile",
                            buildArgs: [{ name: "GOARCH", value: architecture }],
                        },
                    },
                    output: {
                        to: { kind: "ImageStreamTag", name: `${NAME}:latest-${architecture}` },
                    },
                    completionDeadlineSeconds: 1800,
                    nodeSelector: { "kubernetes.io/arch": architecture },
                    successfulBuildsHistoryLimit: 2,
                    failedBuildsHistoryLimit: 2,
                    ...more,
                },
            });
        }
    }

    /** A new commit. */
    change(files: Readonly<Record<string, string>> = {}): void {
        this.head = commit(this.folder, { ...this.files(), ...files }, `change ${this.commits}`);
    }

    /** Runs a whole update: both builds, the publisher, the rollout. */
    async update(): Promise<void> {
        const builds = await Promise.all(ARCHITECTURES.map((it) => this.build(it)));
        await this.publisher();
        const digests = await Promise.all(builds.map((build) => this.pushed(build)));
        await this.publish(digests);
        const digest = await this.published();
        await this.rollOut(digest);
        await this.rolledOut();
    }

    /** Starts a Build; returns its name. */
    async build(architecture: Architecture): Promise<string> {
        const path = `/apis/build.openshift.io/v1/namespaces/${NAMESPACE}/buildconfigs/${NAME}-${architecture}/instantiate`;
        const { status, body } = await this.cluster.api.handle({
            method: "POST",
            path,
            body: { metadata: {}, revision: { type: "Git", git: { commit: this.head } } },
        });
        if (status !== 201) {
            throw new Error(JSON.stringify(body));
        }
        return (body as Build).metadata.name;
    }

    /** Declares the publisher's Job anew. */
    async publisher(more: object = {}): Promise<void> {
        const { client } = this.cluster;
        const name = `${NAME}-publisher`;
        if (await client.remove("jobs", NAMESPACE, name, { propagationPolicy: "Foreground" })) {
            await this.until(async () => (await client.get("jobs", NAMESPACE, name)) === undefined);
        }
        const env = {
            ARCHITECTURES: ARCHITECTURES.join(" "),
            SOURCE: `${INTERNAL}/${NAMESPACE}/${NAME}`,
            DESTINATION: `quay.io/${NAMESPACE}/${NAME}`,
            COMMIT: this.head,
            FLOATING_TAGS: "latest",
            INTERNAL_REGISTRY: INTERNAL,
        };
        const field = (path: string, annotation: string) => ({
            path: `signal/${path}`,
            fieldRef: { fieldPath: `metadata.annotations['multiarch/${annotation}']` },
        });
        await this.create("jobs", NAMESPACE, {
            apiVersion: "batch/v1",
            kind: "Job",
            metadata: { name, namespace: NAMESPACE },
            spec: {
                backoffLimit: 3,
                activeDeadlineSeconds: 2700,
                ...more,
                template: {
                    metadata: { labels: { app: name } },
                    spec: {
                        restartPolicy: "Never",
                        serviceAccountName: "multiarch-publisher",
                        nodeSelector: { "kubernetes.io/arch": "amd64" },
                        containers: [
                            {
                                name: "publisher",
                                image: "ghcr.io/regclient/regctl:v0.11.7-alpine",
                                command: ["/bin/sh", "/input/publish.sh"],
                                env: Object.entries(env).map(([key, value]) => ({
                                    name: key,
                                    value,
                                })),
                                resources: { requests: { cpu: "50m", memory: "64Mi" } },
                                volumeMounts: [{ name: "input", mountPath: "/input" }],
                                terminationMessagePolicy: "FallbackToLogsOnError",
                            },
                        ],
                        volumes: [
                            {
                                name: "input",
                                projected: {
                                    sources: [
                                        { configMap: { name: "multiarch-publisher-program" } },
                                        {
                                            secret: {
                                                name: "multiarch-push",
                                                items: [
                                                    {
                                                        key: ".dockerconfigjson",
                                                        path: "credentials/config.json",
                                                    },
                                                ],
                                            },
                                        },
                                        {
                                            downwardAPI: {
                                                items: [
                                                    ...ARCHITECTURES.map((it) =>
                                                        field(it, `digest.${it}`),
                                                    ),
                                                    field("publish", "publish"),
                                                ],
                                            },
                                        },
                                    ],
                                },
                            },
                        ],
                    },
                },
            },
        });
    }

    /** The digest that a Build has pushed; undefined when it ends without. */
    async pushed(name: string): Promise<string> {
        let build: Build | undefined;
        await this.until(async () => {
            build = await this.cluster.client.get<Build>("builds", NAMESPACE, name);
            const over = !["New", "Pending", "Running"].includes(build?.status.phase ?? "");
            return over || build?.status.output?.to?.imageDigest !== undefined;
        });
        return build?.status.output?.to?.imageDigest ?? "";
    }

    /** Waits until a Build is in a phase. */
    async phase(name: string, phase: string): Promise<void> {
        await this.until(
            async () =>
                (await this.cluster.client.get<Build>("builds", NAMESPACE, name))?.status.phase ===
                phase,
        );
    }

    /** Waits until a container of a pod runs. */
    async runs(pod: string, container: string): Promise<void> {
        await this.until(async () => {
            const found = await this.cluster.client.get<Pod>("pods", NAMESPACE, pod);
            return (found?.status?.containerStatuses ?? []).some(
                ({ name, state }) => name === container && state.running !== undefined,
            );
        });
    }

    /** Tells the publisher's pods the digests, each time there is another one, until the Job has ended. */
    async publish(digests: readonly string[]): Promise<void> {
        const annotations: Record<string, string> = { "multiarch/publish": "go" };
        ARCHITECTURES.forEach((it, at) => {
            annotations[`multiarch/digest.${it}`] = digests[at] ?? "";
        });
        await this.until(async () => {
            for (const { metadata } of (await this.pods()).filter(
                (it) => it.metadata.labels?.["app"] === `${NAME}-publisher`,
            )) {
                await this.cluster.client.patch("pods", NAMESPACE, metadata.name, {
                    metadata: { annotations },
                });
            }
            return (await this.ended()) !== undefined;
        });
        await this.clock.sleep(2_000);
    }

    /** How the publisher's Job has ended; undefined while it goes on. */
    async ended(): Promise<string | undefined> {
        const job = await this.cluster.client.get<Job>("jobs", NAMESPACE, `${NAME}-publisher`);
        return job?.status?.conditions?.find(({ type }) => type === "Complete" || type === "Failed")
            ?.type;
    }

    /** The digest of the list that is published. */
    published(): Promise<string> {
        return Promise.resolve(
            this.quay.repository(`${NAMESPACE}/${NAME}`).tags.get("latest") ?? "",
        );
    }

    /** Declares the Deployment, or its new image. */
    async rollOut(digest: string): Promise<void> {
        const image = `quay.io/${NAMESPACE}/${NAME}@${digest}`;
        const probe = {
            httpGet: { path: "/health", port: 8091 },
            periodSeconds: 1,
            failureThreshold: 3,
        };
        const spec = {
            replicas: 2,
            selector: { matchLabels: { app: NAME } },
            strategy: {
                type: "RollingUpdate",
                rollingUpdate: { maxUnavailable: 0, maxSurge: "100%" },
            },
            template: {
                metadata: { labels: { app: NAME } },
                spec: {
                    containers: [
                        {
                            name: NAME,
                            image,
                            ports: [{ name: "http", containerPort: 8091 }],
                            readinessProbe: probe,
                        },
                    ],
                    topologySpreadConstraints: [
                        {
                            maxSkew: 1,
                            topologyKey: "kubernetes.io/arch",
                            whenUnsatisfiable: "ScheduleAnyway",
                            labelSelector: { matchLabels: { app: NAME } },
                            matchLabelKeys: ["pod-template-hash"],
                        },
                    ],
                },
            },
        };
        const metadata = { name: NAME, namespace: NAMESPACE, labels: { app: NAME } };
        const { client } = this.cluster;
        if ((await client.get("deployments", NAMESPACE, NAME)) === undefined) {
            await this.create("deployments", NAMESPACE, {
                apiVersion: "apps/v1",
                kind: "Deployment",
                metadata,
                spec,
            });
        } else {
            await client.patch("deployments", NAMESPACE, NAME, { spec });
        }
        await this.clock.sleep(100);
    }

    /** Waits until the Deployment is rolled out and what it replaced is gone. */
    async rolledOut(): Promise<void> {
        await this.until(async () => {
            const { metadata, status, spec } =
                (await this.cluster.client.get<Deployment>("deployments", NAMESPACE, NAME)) ?? {};
            const {
                updatedReplicas,
                availableReplicas,
                replicas,
                terminatingReplicas = 0,
                observedGeneration,
            } = status ?? {};
            const all = [updatedReplicas, availableReplicas, replicas].every(
                (it) => it === spec?.replicas,
            );
            return all && terminatingReplicas === 0 && observedGeneration === metadata?.generation;
        });
        await this.clock.sleep(5_000);
    }

    /** All pods. */
    async pods(): Promise<Pod[]> {
        return (await this.cluster.client.list<Pod>("pods")).items;
    }

    /** The namespace, for causes. */
    get namespace(): string {
        return NAMESPACE;
    }

    /** What has happened since the last chapter. */
    chapter(): Map<string, ObjectHistory> {
        return this.histories.chapter();
    }

    /** Ends it. */
    close(): void {
        this.cluster.close();
        rmSync(this.folder, { recursive: true, force: true });
    }

    /** Waits, on virtual time, for an hour at most. */
    async until(what: () => Promise<boolean>): Promise<void> {
        for (let waited = 0; !(await what()); waited += 50) {
            if (waited > 3_600_000) {
                throw new Error("it did not happen within an hour");
            }
            await this.clock.sleep(50);
        }
    }

    private files(): Record<string, string> {
        return { Dockerfile: SCRATCH, VERSION: `1.0.${this.commits++}\n` };
    }

    private async map(name: string, data: Record<string, string>): Promise<void> {
        await this.create("configmaps", NAMESPACE, {
            metadata: { name, namespace: NAMESPACE },
            data,
        });
    }

    private async create(resource: Resource, namespace: string, object: object): Promise<void> {
        await this.cluster.client.create(resource, namespace, object);
    }

    private event(object: unknown): void {
        const { involvedObject, type, reason, message, source, reportingComponent } = object as {
            involvedObject: { kind: string; name: string; fieldPath?: string };
            type: string;
            reason: string;
            message: string;
            source?: { component?: string };
            reportingComponent?: string;
        };
        const { kind, name, fieldPath } = involvedObject;
        const from = source?.component ?? reportingComponent ?? "";
        this.histories.event({
            kind,
            name,
            type,
            reason,
            message,
            from,
            ...(fieldPath !== undefined && { of: fieldPath }),
        });
    }
}

const KINDS = [
    "pods",
    "builds",
    "buildconfigs",
    "jobs",
    "deployments",
    "replicasets",
    "imagestreams",
    "nodes",
];
