import type { Api, ApiResponse } from "../api/api";
import type { ApiObject, Store } from "../api/store";
import type { Architecture } from "../images/buildImage";
import type { Registry } from "../registry/registry";
import type { PodLogs } from "./podLogs";

/** A node of the cluster. */
export interface SimulatedNode {
    readonly name: string;
    readonly architecture: Architecture;
}

/** What every controller works with. */
export interface Place {
    readonly api: Api;
    readonly store: Store;
    readonly logs: PodLogs;
    readonly nodes: readonly SimulatedNode[];
    /** OpenShift's own registry, that builds push to. */
    readonly internal: Registry;
    /** The registry that pods pull from, and its host. */
    readonly published: { readonly registry: Registry; readonly host: string };
    /** The folder of the repository that a URL names. */
    readonly repositoryOf: (url: string) => string;
    /** Waits so many milliseconds, or as long as this cluster takes for them. */
    readonly pause: (milliseconds: number) => Promise<void>;
    /** Milliseconds since 1970. */
    readonly now: () => number;
    /** Folder for what pods have on their disks. */
    readonly scratch: string;
    /** Takes what a controller could not do: a fault of the simulation. */
    readonly report: (error: unknown) => void;
}

/** Collections of a namespace. */
export const collections = {
    pods: (namespace: string) => `/api/v1/namespaces/${namespace}/pods`,
    secrets: (namespace: string) => `/api/v1/namespaces/${namespace}/secrets`,
    configMaps: (namespace: string) => `/api/v1/namespaces/${namespace}/configmaps`,
    jobs: (namespace: string) => `/apis/batch/v1/namespaces/${namespace}/jobs`,
    deployments: (namespace: string) => `/apis/apps/v1/namespaces/${namespace}/deployments`,
    replicaSets: (namespace: string) => `/apis/apps/v1/namespaces/${namespace}/replicasets`,
    builds: (namespace: string) => `/apis/build.openshift.io/v1/namespaces/${namespace}/builds`,
    buildConfigs: (namespace: string) =>
        `/apis/build.openshift.io/v1/namespaces/${namespace}/buildconfigs`,
    imageStreams: (namespace: string) =>
        `/apis/image.openshift.io/v1/namespaces/${namespace}/imagestreams`,
};

/** What a controller asks the API for; throws with its words where it says no. */
export async function ask(
    api: Api,
    method: string,
    path: string,
    body?: unknown,
): Promise<ApiObject> {
    const { status, body: answer }: ApiResponse = await api.handle({
        method,
        path,
        ...(body !== undefined && { body }),
    });
    if (status >= 400) {
        throw new Error((answer as { message?: string }).message ?? `status ${status}`);
    }
    return answer as ApiObject;
}

/** A time as the API writes it. */
export function timestamp(now: number): string {
    return `${new Date(now).toISOString().slice(0, 19)}Z`;
}

/** The node on which something runs that wants these labels. */
export function nodeFor(
    nodes: readonly SimulatedNode[],
    selector: Readonly<Record<string, string>> = {},
): SimulatedNode | undefined {
    const wanted = selector["kubernetes.io/arch"];
    return nodes.find(({ architecture }) => wanted === undefined || architecture === wanted);
}

/** A reference to the owner of an object. */
export function ownedBy({ apiVersion = "v1", kind = "", metadata }: ApiObject) {
    const { name, uid = "" } = metadata;
    return [{ apiVersion, kind, name, uid, controller: true }];
}
