import type { SimClock } from "../clock";
import { INTERNAL_REGISTRY } from "./buildPod";
import { type Client, isConflict } from "./client";
import { timestamp } from "./time";
import type { ImageStream, TagItem } from "./workloads";

// How many images of a tag an ImageStream remembers (OpenShift 4.21: MaxImageHistory; older ones are dropped).
const HISTORY = 20;

/** An image that has come into the internal registry. */
export interface PushedImage {
    readonly namespace: string;
    readonly stream: string;
    /** Undefined where it was pushed by digest. */
    readonly tag: string | undefined;
    readonly digest: string;
    readonly mediaType: string;
    readonly manifest: string;
    /** The image's configuration, as its JSON has it. */
    readonly config: Readonly<Record<string, unknown>>;
    readonly layers: readonly {
        readonly digest: string;
        readonly size: number;
        readonly mediaType: string;
    }[];
}

/** Tells the API of an image, as OpenShift's registry does: the ImageStream is made if there is none (seen with 4.21). */
export async function imagePushed(
    client: Client,
    clock: SimClock,
    image: PushedImage,
): Promise<void> {
    const { namespace, stream, tag, digest } = image;
    await createOnce(client, "images", "", imageObject(image));
    if (tag === undefined) {
        return;
    }
    const metadata = { name: stream, namespace };
    await createOnce(client, "imagestreams", namespace, {
        apiVersion: "image.openshift.io/v1",
        kind: "ImageStream",
        metadata,
    });
    const known = await client.get<ImageStream>("imagestreams", namespace, stream);
    const tags = known?.status?.tags ?? [];
    const items = tags.find((it) => it.tag === tag)?.items ?? [];
    const generation = known?.metadata.generation ?? 1;
    const item: TagItem = {
        created: timestamp(clock),
        dockerImageReference: `${INTERNAL_REGISTRY}/${namespace}/${stream}@${digest}`,
        image: digest,
        generation,
    };
    const changed =
        items[0]?.image === digest
            ? items
            : [item, ...items.filter((it) => it.image !== digest)].slice(0, HISTORY);
    const all = [...tags.filter((it) => it.tag !== tag), { tag, items: changed }];
    const status = { tags: all.sort((one, other) => (one.tag < other.tag ? -1 : 1)) };
    await client.patch("imagestreams", namespace, stream, { status }, "status");
}

/** Forgets an image: its tags in every ImageStream, and itself, as `oc adm prune images` does. */
export async function imagePruned(client: Client, digest: string): Promise<void> {
    const { items: streams } = await client.list<ImageStream>("imagestreams");
    for (const { metadata, status } of streams) {
        const tags = status?.tags ?? [];
        const left = tags
            .map(({ tag, items }) => ({
                tag,
                items: (items ?? []).filter((it) => it.image !== digest),
            }))
            .filter(({ items }) => items.length > 0);
        if (JSON.stringify(left) !== JSON.stringify(tags)) {
            const patch = { status: { tags: left.length > 0 ? left : null } };
            await client.patch(
                "imagestreams",
                metadata.namespace ?? "",
                metadata.name,
                patch,
                "status",
            );
        }
    }
    await client.remove("images", "", digest);
}

function imageObject({
    namespace,
    stream,
    digest,
    mediaType,
    manifest,
    config,
    layers,
}: PushedImage) {
    const own = config["config"] as Record<string, unknown> | undefined;
    return {
        apiVersion: "image.openshift.io/v1",
        kind: "Image",
        metadata: { name: digest, annotations: { "openshift.io/image.managed": "true" } },
        dockerImageReference: `${INTERNAL_REGISTRY}/${namespace}/${stream}@${digest}`,
        dockerImageMetadata: {
            kind: "DockerImage",
            apiVersion: "image.openshift.io/1.0",
            Id: (JSON.parse(manifest) as { config?: { digest?: string } }).config?.digest,
            Created: config["created"],
            Config: own,
            Architecture: config["architecture"],
            Size: layers.reduce((sum, { size }) => sum + size, 0),
        },
        dockerImageMetadataVersion: "1.0",
        dockerImageManifestMediaType: mediaType,
        dockerImageManifest: manifest,
        dockerImageLayers: layers.map(({ digest: name, ...rest }) => ({ name, ...rest })),
    };
}

async function createOnce(
    client: Client,
    resource: "images" | "imagestreams",
    namespace: string,
    object: unknown,
): Promise<void> {
    try {
        await client.create(resource, namespace, object);
    } catch (error) {
        if (!isConflict(error)) {
            throw error;
        }
    }
}
