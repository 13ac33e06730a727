import type { Api } from "../api/api";
import type { SimClock } from "../clock";
import {
    ApiFailure,
    type Change,
    type Client,
    type ObjectList,
    type RemoveOptions,
    type Resource,
} from "./client";
import type { KubeObject, Pod } from "./objects";

const GROUPS: Readonly<Record<Resource, string>> = {
    pods: "/api/v1",
    nodes: "/api/v1",
    events: "/api/v1",
    secrets: "/api/v1",
    configmaps: "/api/v1",
    serviceaccounts: "/api/v1",
    namespaces: "/api/v1",
    resourcequotas: "/api/v1",
    jobs: "/apis/batch/v1",
    deployments: "/apis/apps/v1",
    replicasets: "/apis/apps/v1",
    builds: "/apis/build.openshift.io/v1",
    buildconfigs: "/apis/build.openshift.io/v1",
    imagestreams: "/apis/image.openshift.io/v1",
    images: "/apis/image.openshift.io/v1",
};

/** The path of a collection; of all namespaces without one. */
export function collectionOf(resource: Resource, namespace = ""): string {
    const within = namespace === "" ? "" : `/namespaces/${namespace}`;
    return `${GROUPS[resource]}${within}/${resource}`;
}

/** A client in the same process: every request is counted as work of the clock. */
export function apiClient(api: Api, clock: SimClock): Client {
    const ask = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
        const asked = api.handle({ method, path, ...(body === undefined ? {} : { body }) });
        const { status, body: answer } = await clock.work(asked);
        if (status >= 400) {
            const { reason = "", message = `status ${status}` } = (answer ?? {}) as {
                reason?: string;
                message?: string;
            };
            throw new ApiFailure(status, reason, message);
        }
        return answer as T;
    };
    const at = (resource: Resource, namespace: string, name: string) =>
        `${collectionOf(resource, namespace)}/${encodeURIComponent(name)}`;
    const orMissing = async <T>(asked: Promise<T>): Promise<T | undefined> => {
        try {
            return await asked;
        } catch (error) {
            if (error instanceof ApiFailure && error.code === 404) {
                return undefined;
            }
            throw error;
        }
    };
    return {
        get: <T extends KubeObject>(resource: Resource, namespace: string, name: string) =>
            orMissing(ask<T>("GET", at(resource, namespace, name))),
        list: async <T extends KubeObject>(resource: Resource): Promise<ObjectList<T>> => {
            const list = await ask<{ metadata: { resourceVersion: string }; items: T[] }>(
                "GET",
                collectionOf(resource),
            );
            return { items: list.items, resourceVersion: list.metadata.resourceVersion };
        },
        create: (resource, namespace, object) =>
            ask("POST", collectionOf(resource, namespace), object),
        patch: (resource, namespace, name, patch, subresource) =>
            ask(
                "PATCH",
                `${at(resource, namespace, name)}${subresource === undefined ? "" : `/${subresource}`}`,
                patch,
            ),
        bind: async (namespace: string, name: string, node: string) => {
            const target = { apiVersion: "v1", kind: "Node", name: node };
            const body = {
                apiVersion: "v1",
                kind: "Binding",
                metadata: { name, namespace },
                target,
            };
            await ask("POST", `${at("pods", namespace, name)}/binding`, body);
            return ask<Pod>("GET", at("pods", namespace, name));
        },
        evict: async (namespace: string, name: string) => {
            const body = {
                apiVersion: "policy/v1",
                kind: "Eviction",
                metadata: { name, namespace },
            };
            await ask("POST", `${at("pods", namespace, name)}/eviction`, body);
        },
        remove: async (resource, namespace, name, options: RemoveOptions = {}) => {
            const { uid, ...rest } = options;
            const body = { ...rest, ...(uid === undefined ? {} : { preconditions: { uid } }) };
            return (
                (await orMissing(ask("DELETE", at(resource, namespace, name), body))) !== undefined
            );
        },
        watch: async function* (resource, resourceVersion, signal): AsyncGenerator<Change> {
            const path = `${collectionOf(resource)}?watch=true&resourceVersion=${resourceVersion}`;
            const { status, stream } = await clock.work(
                api.handle({ method: "GET", path, signal }),
            );
            if (status >= 400 || stream === undefined) {
                throw new ApiFailure(status, "", "the watch cannot begin");
            }
            for await (const chunk of stream) {
                yield JSON.parse(Buffer.from(chunk).toString("utf8")) as Change;
            }
        },
    };
}
