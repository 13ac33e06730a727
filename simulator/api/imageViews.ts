import { asJson, asObjects, asText, isSame } from "./json";
import { knownKind } from "./kinds";
import type { Objects } from "./objects";
import { noSuchResource, notAllowed, notFound } from "./statusError";
import type { Store } from "./store";
import type { ApiObject, ApiResponse, Json } from "./types";

const GROUP = "image.openshift.io";
const VERSION = `${GROUP}/v1`;

/** What is asked of a view on ImageStreams. */
export interface ViewRequest {
    readonly method: string;
    readonly plural: string;
    readonly namespace: string | undefined;
    readonly name: string | undefined;
}

/** Answers what OpenShift makes of ImageStreams and images: imagestreamtags and imagestreamimages. */
export function imageView(store: Store, objects: Objects, request: ViewRequest): ApiResponse {
    const { method, plural, namespace, name } = request;
    if (method !== "GET" && (method !== "DELETE" || plural !== "imagestreamtags")) {
        throw notAllowed();
    }
    switch (plural) {
        case "imagestreamimages":
            return { status: 200, body: imageStreamImage(store, objects, namespace, name ?? "") };
        case "imagestreamtags":
            if (name === undefined) {
                return { status: 200, body: tagList(store, objects, namespace) };
            }
            return method === "GET"
                ? { status: 200, body: imageStreamTag(store, objects, namespace, name) }
                : untag(objects, namespace, name);
        default:
            throw noSuchResource();
    }
}

const STREAMS = () => knownKind(GROUP, "imagestreams");

function tagsOf(stream: ApiObject): readonly Json[] {
    return asObjects(asJson(stream.status)["tags"]);
}

function imageStreamImage(
    store: Store,
    objects: Objects,
    namespace: string | undefined,
    name: string,
): Json {
    const [streamName = "", digest = ""] = name.split("@");
    const stream = objects.need(STREAMS(), namespace, streamName);
    const isKnown = tagsOf(stream).some((tag) =>
        asObjects(tag["items"]).some((item) => item["image"] === digest),
    );
    const image = store.get(knownKind(GROUP, "images"), "", digest);
    if (!isKnown || image === undefined) {
        // In the singular, unlike all others (seen with openshift-apiserver 4.21).
        throw notFound(
            { group: GROUP, plural: "imagestreamimage", kind: "ImageStreamImage" },
            name,
        );
    }
    const { creationTimestamp } = image.metadata;
    return {
        kind: "ImageStreamImage",
        apiVersion: VERSION,
        metadata: { name, namespace, creationTimestamp },
        image: inner(image),
    };
}

/** Inside another object an image does not say what it is. */
function inner(image: ApiObject): Json {
    return Object.fromEntries(
        Object.entries(image).filter(([key]) => key !== "kind" && key !== "apiVersion"),
    );
}

function imageStreamTag(
    store: Store,
    objects: Objects,
    namespace: string | undefined,
    name: string,
): Json {
    const [streamName = "", tagName = ""] = name.split(":");
    const stream = objects.need(STREAMS(), namespace, streamName);
    const tag = tagsOf(stream).find((it) => it["tag"] === tagName);
    const [item] = asObjects(tag?.["items"]);
    const image = store.get(knownKind(GROUP, "images"), "", asText(item?.["image"]) ?? "");
    if (item === undefined || image === undefined) {
        throw notFound({ group: GROUP, plural: "imagestreamtags", kind: "ImageStreamTag" }, name);
    }
    const { labels, uid, resourceVersion } = stream.metadata;
    return {
        kind: "ImageStreamTag",
        apiVersion: VERSION,
        metadata: {
            name,
            namespace,
            uid,
            resourceVersion,
            creationTimestamp: item["created"],
            ...(labels !== undefined && { labels }),
        },
        tag: null,
        generation: item["generation"],
        lookupPolicy: { local: false },
        image: inner(image),
    };
}

function tagList(store: Store, objects: Objects, namespace: string | undefined): Json {
    const items = store.list(STREAMS(), namespace).flatMap((stream) =>
        tagsOf(stream)
            .filter((tag) => asObjects(tag["items"]).length > 0)
            .map((tag) =>
                imageStreamTag(
                    store,
                    objects,
                    stream.metadata.namespace,
                    `${stream.metadata.name}:${String(tag["tag"])}`,
                ),
            ),
    );
    const metadata = { resourceVersion: String(store.currentVersion) };
    return { kind: "ImageStreamTagList", apiVersion: VERSION, metadata, items };
}

/** Takes a tag away, of the specification and of the status; its images stay. */
function untag(objects: Objects, namespace: string | undefined, name: string): ApiResponse {
    const [streamName = "", tagName = ""] = name.split(":");
    const stream = objects.need(STREAMS(), namespace, streamName);
    const left = (holder: unknown) => {
        const tags = asObjects(asJson(holder)["tags"]);
        return {
            ...asJson(holder),
            tags: tags.filter((it) => it["name"] !== tagName && it["tag"] !== tagName),
        };
    };
    const changed = { ...stream, spec: left(stream.spec), status: left(stream.status) };
    if (isSame(tagsOf(stream), tagsOf(changed))) {
        throw notFound({ group: GROUP, plural: "imagestreamtags", kind: "ImageStreamTag" }, name);
    }
    objects.rewrite(STREAMS(), namespace, streamName, () => changed);
    return {
        status: 200,
        body: { kind: "Status", apiVersion: "v1", metadata: {}, status: "Success" },
    };
}
