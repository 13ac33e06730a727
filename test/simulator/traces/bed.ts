import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { knownKind } from "../../../simulator/api/kinds";
import { VirtualClock } from "../../../simulator/clock";
import type { Resource } from "../../../simulator/controllers/client";
import type { Job } from "../../../simulator/controllers/jobObjects";
import type { Pod } from "../../../simulator/controllers/objects";
import type { Build, Deployment } from "../../../simulator/controllers/workloads";
import { commit, makeRepository } from "../../../simulator/git/repository";
import type { ApplicationBehaviour } from "../../../simulator/programs/application";
import { publisherTwin } from "../../../simulator/programs/publisher";
import { Registry } from "../../../simulator/registry/registry";
import { type ClusterOptions, simulateCluster } from "../../../simulator/simulateCluster";
import { ARCHITECTURES, buildConfig, deployment, NAME, NAMESPACE, publisherJob } from "./declared";
import { Histories, type ObjectHistory, seenEvent } from "./history";

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
            scratch: this.folder,
            report: (error) => {
                throw error as Error;
            },
            publisher: publisherTwin((host) => (host === "quay.io" ? this.quay : this.internal)),
        });
        for (const node of this.cluster.store.list(knownKind("", "nodes"))) {
            this.histories.knew("nodes", node.metadata.name, node);
        }
        this.cluster.store.listen(({ kind: { plural: kind }, type, object }) => {
            if (kind === "events" && type !== "DELETED") {
                this.histories.event(seenEvent(object));
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
    async declareBuildConfigs(): Promise<void> {
        for (const architecture of ARCHITECTURES) {
            await this.create("buildconfigs", NAMESPACE, buildConfig(architecture));
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
        await this.create("jobs", NAMESPACE, publisherJob(this.head, more));
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
        const { client } = this.cluster;
        const declared = deployment(digest);
        if ((await client.get("deployments", NAMESPACE, NAME)) === undefined) {
            await this.create("deployments", NAMESPACE, declared);
        } else {
            await client.patch("deployments", NAMESPACE, NAME, { spec: declared.spec });
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
