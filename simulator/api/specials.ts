import type { Special } from "./api";
import type { PodLogs } from "./podLogs";
import { type Store, StoreError } from "./store";

/** Everybody may do everything. */
export function reviews(): Special[] {
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

/** What is done to pods: they are bound to a node, and evicted from it. */
export function podActions(store: Store, now: () => number): Special[] {
    const condition = (type: string, more: object = {}) => ({
        type,
        status: "True",
        lastProbeTime: null,
        lastTransitionTime: `${new Date(now()).toISOString().slice(0, 19)}Z`,
        ...more,
    });
    const change = (
        namespace: string,
        name: string,
        nodeName: string | undefined,
        added: { type: string },
    ) =>
        store.update(`/api/v1/namespaces/${namespace}/pods`, name, (pod) => {
            const known = (pod.status?.["conditions"] ?? []) as { type: string }[];
            const conditions = [...known.filter(({ type }) => type !== added.type), added];
            return {
                ...pod,
                spec: { ...pod.spec, ...(nodeName !== undefined && { nodeName }) },
                status: { ...pod.status, conditions },
            };
        });
    const done = { status: 201, body: { kind: "Status", status: "Success", code: 201 } };
    return [
        {
            method: "POST",
            path: /^\/api\/v1\/namespaces\/([^/]+)\/pods\/([^/]+)\/binding$/,
            answer: ([, namespace = "", name = ""], { body }) => {
                const { target } = body as { target: { name: string } };
                change(namespace, name, target.name, condition("PodScheduled"));
                return done;
            },
        },
        {
            method: "POST",
            path: /^\/api\/v1\/namespaces\/([^/]+)\/pods\/([^/]+)\/eviction$/,
            answer: ([, namespace = "", name = ""]) => {
                const words = {
                    reason: "EvictionByEvictionAPI",
                    message: "Eviction API: evicting",
                };
                change(namespace, name, undefined, condition("DisruptionTarget", words));
                store.delete(`/api/v1/namespaces/${namespace}/pods`, name);
                return done;
            },
        },
    ];
}

/** Logs, and objects that are seen in another way: projects, and images in their ImageStreams. */
export function views(store: Store, logs: PodLogs): Special[] {
    return [
        {
            method: "GET",
            path: /^\/api\/v1\/namespaces\/([^/]+)\/pods\/([^/]+)\/log$/,
            answer: ([, namespace = "", name = ""], { path, signal }) => {
                const query = new URL(path, "http://api.invalid").searchParams;
                store.need(`/api/v1/namespaces/${namespace}/pods`, name);
                const previous = query.get("previous") === "true";
                const log = logs.of(namespace, name, query.get("container") ?? "", previous);
                return { status: 200, stream: log.read(query.get("follow") === "true", signal) };
            },
        },
        {
            method: "GET",
            path: /^\/apis\/image\.openshift\.io\/v1\/namespaces\/([^/]+)\/imagestreamimages\/([^/]+)$/,
            answer: ([, namespace = "", name = ""]) => {
                const [stream = "", digest = ""] = name.split("@");
                const streams = `/apis/image.openshift.io/v1/namespaces/${namespace}/imagestreams`;
                const tags = (store.get(streams, stream)?.status?.["tags"] ?? []) as {
                    items: { image: string }[] | null;
                }[];
                const has = tags.some(({ items }) => items?.some(({ image }) => image === digest));
                const image = store.get("/apis/image.openshift.io/v1/images", digest);
                if (!has || image === undefined) {
                    const message = `imagestreamimages.image.openshift.io "${name}" not found`;
                    throw new StoreError(404, "NotFound", message);
                }
                return {
                    status: 200,
                    body: { kind: "ImageStreamImage", metadata: { name }, image },
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
