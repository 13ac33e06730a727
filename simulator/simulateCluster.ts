import { setTimeout as sleep } from "node:timers/promises";

import { Api, type Special } from "./api/api";
import { type ApiObject, Store, StoreError } from "./api/store";
import { Builds, type StreamImages } from "./controllers/builds";
import { rollOut } from "./controllers/deployments";
import { runJob } from "./controllers/jobs";
import { type Place, type SimulatedNode } from "./controllers/place";
import { PodLogs } from "./controllers/podLogs";
import type { Registry } from "./registry/registry";

/** What a simulated cluster is made of. */
export interface ClusterOptions {
    readonly nodes: readonly SimulatedNode[];
    readonly internal: Registry;
    readonly published: { readonly registry: Registry; readonly host: string };
    readonly repositoryOf: (url: string) => string;
    /** Folder for what pods have on their disks; whoever made it removes it. */
    readonly scratch: string;
    readonly report: (error: unknown) => void;
}

/** A cluster that is simulated in this process. */
export interface SimulatedCluster {
    readonly api: Api;
    readonly store: Store;
}

/** A cluster with these nodes, whose controllers run until the process ends. */
export function simulateCluster(options: ClusterOptions): SimulatedCluster {
    const now = () => Date.now();
    const store = new Store(now);
    const logs = new PodLogs();
    const images: StreamImages = new Map();
    const begun = new Set<string>();
    const specials: Special[] = [];
    const api = new Api(store, specials);
    const place: Place = { ...options, api, store, logs, now, pause: (time) => sleep(time) };
    const builds = new Builds(place, images);
    specials.push(...subresources(place, builds, images), ...reviews());
    for (const { name, architecture } of options.nodes) {
        store.create("/api/v1/nodes", {
            apiVersion: "v1",
            kind: "Node",
            metadata: {
                name,
                labels: { "kubernetes.io/arch": architecture, "kubernetes.io/os": "linux" },
            },
            status: { conditions: [{ type: "Ready", status: "True" }] },
        });
    }
    store.listen(({ collection, type, object }) => {
        const namespace = object.metadata.namespace ?? "";
        const run = (work: Promise<void>) => {
            work.catch(options.report);
        };
        if (type === "ADDED" && collection.endsWith("/jobs")) {
            run(runJob(place, namespace, object));
        }
        const isNew = object.status?.["observedGeneration"] !== object.metadata.generation;
        if (type !== "DELETED" && collection.endsWith("/deployments") && isNew) {
            run(once(object, () => rollOut(place, namespace, object)));
        }
    });
    return { api, store };

    /** A generation is rolled out once, however many changes of its status come meanwhile. */
    function once({ metadata }: ApiObject, work: () => Promise<void>): Promise<void> {
        const key = `${metadata.uid ?? ""}/${metadata.generation ?? 0}`;
        if (begun.has(key)) {
            return Promise.resolve();
        }
        begun.add(key);
        return work();
    }
}

function subresources({ store, logs }: Place, builds: Builds, images: StreamImages): Special[] {
    return [
        {
            method: "POST",
            path: /^\/apis\/build\.openshift\.io\/v1\/namespaces\/([^/]+)\/buildconfigs\/([^/]+)\/instantiate$/,
            answer: async ([, namespace = "", name = ""], { body }) => ({
                status: 201,
                body: await builds.instantiate(namespace, name, body as ApiObject),
            }),
        },
        {
            method: "GET",
            path: /^\/api\/v1\/namespaces\/([^/]+)\/pods\/([^/]+)\/log$/,
            answer: ([, namespace = "", name = ""], { path, signal }) => {
                const query = new URL(path, "http://api.invalid").searchParams;
                store.need(`/api/v1/namespaces/${namespace}/pods`, name);
                const log = logs.of(namespace, name, query.get("container") ?? "");
                return { status: 200, stream: log.read(query.get("follow") === "true", signal) };
            },
        },
        {
            method: "GET",
            path: /^\/apis\/image\.openshift\.io\/v1\/namespaces\/([^/]+)\/imagestreamimages\/([^/]+)$/,
            answer: ([, namespace = "", name = ""]) => {
                const image = images.get(`${namespace}/${name}`);
                if (image === undefined) {
                    throw new StoreError(
                        404,
                        "NotFound",
                        `imagestreamimages.image.openshift.io "${name}" not found`,
                    );
                }
                const config = image.blobs
                    .map(({ content }) => content)
                    .filter((it) => Buffer.isBuffer(it))
                    .find((it) => it[0] === 0x7b);
                const { config: settings } = JSON.parse(
                    (config ?? Buffer.from("{}")).toString(),
                ) as {
                    config: object;
                };
                return {
                    status: 200,
                    body: {
                        image: {
                            metadata: { name: image.manifest.digest },
                            dockerImageManifestMediaType: image.mediaType,
                            dockerImageMetadata: {
                                Architecture: image.architecture,
                                Config: settings,
                            },
                        },
                    },
                };
            },
        },
        {
            method: "GET",
            path: /^\/apis\/project\.openshift\.io\/v1\/projects\/([^/]+)$/,
            answer: ([, name = ""]) => ({
                status: 200,
                body: store.need("/api/v1/namespaces", name),
            }),
        },
    ];
}

/** Everybody may do everything. */
function reviews(): Special[] {
    const every = { verbs: ["*"], apiGroups: ["*"], resources: ["*"] };
    return [
        {
            method: "POST",
            path: /^\/apis\/authorization\.k8s\.io\/v1\/selfsubjectrulesreviews$/,
            answer: () => ({ status: 201, body: { status: { resourceRules: [every] } } }),
        },
        {
            method: "POST",
            path: /^\/apis\/authorization\.k8s\.io\/v1\/selfsubjectaccessreviews$/,
            answer: () => ({ status: 201, body: { status: { allowed: true } } }),
        },
    ];
}
