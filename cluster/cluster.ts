/** One event of a watch, as the API sends it. */
export interface WatchEvent {
    type: string;
    object: unknown;
}

/**
 * What the programs need of a cluster. Paths are those of the API, with their query.
 * Every call is bounded in time; get and patch repeat what may be repeated, post never does
 * (what it starts could be started twice). All reject with the signal's reason once it is aborted.
 */
export interface Cluster {
    /** Reads an object or a list. */
    get(path: string, signal: AbortSignal): Promise<unknown>;
    /** Creates something. */
    post(path: string, body: unknown, signal: AbortSignal): Promise<unknown>;
    /** Changes an object by a JSON merge patch. */
    patch(path: string, body: unknown, signal: AbortSignal): Promise<unknown>;
    /** Events until the server or the network ends the connection. */
    watch(path: string, signal: AbortSignal): AsyncIterable<WatchEvent>;
    /** The bytes of a log, as they come. */
    streamLog(path: string, signal: AbortSignal): AsyncIterable<Uint8Array>;
}

const query = (parameters: Record<string, string>) => new URLSearchParams(parameters).toString();
const segment = encodeURIComponent;

/** A path with further query parameters. */
export function withQuery(path: string, parameters: Record<string, string>): string {
    return `${path}${path.includes("?") ? "&" : "?"}${query(parameters)}`;
}

/** Paths of the API. */
export const paths = {
    builds: (namespace: string) =>
        `/apis/build.openshift.io/v1/namespaces/${segment(namespace)}/builds`,
    build: (namespace: string, name: string) => `${paths.builds(namespace)}/${segment(name)}`,
    instantiate: (namespace: string, buildConfig: string) =>
        `/apis/build.openshift.io/v1/namespaces/${segment(namespace)}/buildconfigs/${segment(buildConfig)}/instantiate`,
    imageStreamImage: (namespace: string, imageStream: string, digest: string) =>
        `/apis/image.openshift.io/v1/namespaces/${segment(namespace)}/imagestreamimages/${segment(imageStream)}@${digest}`,
    jobs: (namespace: string) => `/apis/batch/v1/namespaces/${segment(namespace)}/jobs`,
    deployments: (namespace: string) =>
        `/apis/apps/v1/namespaces/${segment(namespace)}/deployments`,
    replicaSets: (namespace: string) =>
        `/apis/apps/v1/namespaces/${segment(namespace)}/replicasets`,
    pods: (namespace: string) => `/api/v1/namespaces/${segment(namespace)}/pods`,
    pod: (namespace: string, name: string) => `${paths.pods(namespace)}/${segment(name)}`,
    secret: (namespace: string, name: string) => `/api/v1/namespaces/${namespace}/secrets/${name}`,
    configMap: (namespace: string, name: string) =>
        `/api/v1/namespaces/${segment(namespace)}/configmaps/${segment(name)}`,
    podLog: (namespace: string, name: string, container: string, follow: boolean) =>
        withQuery(`${paths.pod(namespace, name)}/log`, {
            container,
            ...(follow ? { follow: "true" } : {}),
        }),
    events: (namespace: string, kind: string, name: string) =>
        withQuery(`/api/v1/namespaces/${segment(namespace)}/events`, {
            fieldSelector: `involvedObject.kind=${kind},involvedObject.name=${name}`,
        }),
    roleBindings: (namespace: string) =>
        `/apis/rbac.authorization.k8s.io/v1/namespaces/${segment(namespace)}/rolebindings`,
};
