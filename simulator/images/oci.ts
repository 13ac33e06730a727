import { createHash } from "node:crypto";
import { createReadStream, statSync } from "node:fs";
import type { Writable } from "node:stream";
import { gzipSync } from "node:zlib";

import { end, type Entry, header, padding, tar } from "./tar";

/** A blob: named by its digest, held in memory or in a file. */
export interface Blob {
    readonly digest: string;
    readonly size: number;
    readonly content: Buffer | { readonly file: string };
}

/** A layer: a blob, and the digest of what it is when uncompressed. */
export interface Layer extends Blob {
    readonly diffId: string;
    readonly gzip: boolean;
}

/** How manifests call themselves and their parts. */
export type Format = "oci" | "docker";

/** An image of one architecture. */
export interface Image {
    readonly architecture: string;
    readonly mediaType: string;
    /** The manifest: its digest is the image's. */
    readonly manifest: Blob;
    readonly blobs: readonly Blob[];
}

const mediaTypes = {
    oci: {
        list: "application/vnd.oci.image.index.v1+json",
        manifest: "application/vnd.oci.image.manifest.v1+json",
        config: "application/vnd.oci.image.config.v1+json",
        layer: "application/vnd.oci.image.layer.v1.tar",
        gzip: "application/vnd.oci.image.layer.v1.tar+gzip",
    },
    docker: {
        list: "application/vnd.docker.distribution.manifest.list.v2+json",
        manifest: "application/vnd.docker.distribution.manifest.v2+json",
        config: "application/vnd.docker.container.image.v1+json",
        layer: "application/vnd.docker.image.rootfs.diff.tar",
        gzip: "application/vnd.docker.image.rootfs.diff.tar.gzip",
    },
} as const;

/** A blob of bytes in memory. */
export function blob(content: Buffer): Blob {
    return { digest: digest(content), size: content.length, content };
}

/** A layer made of entries. */
export function layer(entries: readonly Entry[], { gzip = false } = {}): Layer {
    const archive = tar(entries);
    return { ...blob(gzip ? gzipSync(archive) : archive), diffId: digest(archive), gzip };
}

/** A layer that is an uncompressed archive on disk, whose digest is known. */
export function layerFile(file: string, diffId: string): Layer {
    return { digest: diffId, diffId, gzip: false, size: statSync(file).size, content: { file } };
}

/** Puts layers and a configuration (`Entrypoint`, `Env` and so on) together to an image. */
export function image(
    architecture: string,
    config: object,
    layers: readonly Layer[],
    format: Format = "oci",
): Image {
    const types = mediaTypes[format];
    const configuration = json({
        architecture,
        os: "linux",
        config,
        rootfs: { type: "layers", diff_ids: layers.map(({ diffId }) => diffId) },
        history: layers.map(() => ({ created_by: "multiarch sandbox" })),
    });
    const manifest = json({
        schemaVersion: 2,
        mediaType: types.manifest,
        config: descriptor(types.config, configuration),
        layers: layers.map((it) => descriptor(it.gzip ? types.gzip : types.layer, it)),
    });
    const blobs = [...layers, configuration];
    return { architecture, mediaType: types.manifest, manifest, blobs };
}

/** A list of images of several architectures, as an image. */
export function list(images: readonly Image[], format: Format): Image {
    const manifest = json({
        schemaVersion: 2,
        mediaType: mediaTypes[format].list,
        manifests: images.map(({ architecture, mediaType, manifest: it }) => ({
            ...descriptor(mediaType, it),
            platform: { architecture, os: "linux" },
        })),
    });
    const blobs = images.flatMap((it) => [...it.blobs, it.manifest]);
    return { architecture: "", mediaType: mediaTypes[format].list, manifest, blobs };
}

/** Writes an OCI archive that holds images under their names, and ends the stream. */
export async function writeArchive(
    stream: Writable,
    images: readonly { readonly name: string; readonly image: Image }[],
): Promise<void> {
    const index = {
        schemaVersion: 2,
        manifests: images.map(({ name, image: it }) => ({
            ...descriptor(it.mediaType, it.manifest),
            annotations: {
                "io.containerd.image.name": name,
                "org.opencontainers.image.ref.name": name.slice(name.lastIndexOf(":") + 1),
            },
        })),
    };
    const blobs = new Map(
        images
            .flatMap(({ image: it }) => [...it.blobs, it.manifest])
            .map((it) => [it.digest, it] as const),
    );
    const meta = [
        { path: "oci-layout", content: '{"imageLayoutVersion":"1.0.0"}' },
        { path: "index.json", content: JSON.stringify(index) },
    ];
    await write(stream, tar(meta).subarray(0, -end.length));
    for (const it of blobs.values()) {
        const path = `blobs/${it.digest.replace(":", "/")}`;
        await write(stream, header({ path, content: "" }, it.size));
        const content = it.content;
        for await (const chunk of Buffer.isBuffer(content)
            ? [content]
            : createReadStream(content.file, { highWaterMark: 1 << 20 })) {
            await write(stream, chunk as Buffer);
        }
        await write(stream, padding(it.size));
    }
    await write(stream, end);
    await new Promise<void>((resolve) => stream.end(resolve));
}

function write(stream: Writable, chunk: Buffer): Promise<void> {
    return new Promise((resolve, reject) => {
        stream.write(chunk, (error) => {
            if (error) {
                reject(error);
            } else {
                resolve();
            }
        });
    });
}

function json(value: object): Blob {
    return blob(Buffer.from(JSON.stringify(value)));
}

function descriptor(mediaType: string, { digest: it, size }: Blob): object {
    return { mediaType, digest: it, size };
}

function digest(bytes: Buffer): string {
    return `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
}
