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
