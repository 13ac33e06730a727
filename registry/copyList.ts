import { z } from "zod";

import { reasonOf, refuse } from "../config/promotionRefusal";
import { copyWithRegctl, type End } from "./copyWithRegctl";
import type { Manifest, Repository } from "./registry";

const index = z.object({ manifests: z.array(z.object({ digest: z.string() })) });
const blob = z.object({ digest: z.string(), size: z.number() });
const image = z.object({ config: blob, layers: z.array(blob) });

/**
 * Copies a list and everything in it, to the byte, so that every digest stays the same, and gives it a tag: registries
 * clean up what has none. Uses regctl if it is on the PATH, and the registries' API if not.
 */
export async function copyList(from: End, to: End, digest: string, tag: string): Promise<void> {
    try {
        if (!(await copyWithRegctl(from, to, digest, tag))) {
            await copyOverApi(from.repository, to.repository, digest, tag);
        }
    } catch (error) {
        const { registry, repository } = to.repository.image;
        throw refuse({
            key: `${registry}/${repository}`,
            is: `${digest} cannot be copied there: ${reasonOf(error)}`,
            accepted: "a repository that the stack's registry account may push to",
            next: `docker login ${registry}`,
        });
    }
}

/** As {@link copyList}, with nothing but HTTP. */
export async function copyOverApi(
    from: Repository,
    to: Repository,
    digest: string,
    tag: string,
): Promise<void> {
    const list = await required(from, digest);
    for (const child of index.parse(JSON.parse(list.bytes.toString())).manifests) {
        const manifest = await required(from, child.digest);
        const { config, layers } = image.parse(JSON.parse(manifest.bytes.toString()));
        for (const each of [config, ...layers]) {
            await copyBlob(from, to, each);
        }
        await push(to, child.digest, manifest);
    }
    await push(to, tag, list);
}

async function required(repository: Repository, digest: string): Promise<Manifest> {
    const found = await repository.manifest(digest);
    if (found === undefined) {
        throw new Error(`${repository.image.registry} does not have ${digest}`);
    }
    return found;
}

async function push(to: Repository, reference: string, manifest: Manifest): Promise<void> {
    await to.request(`manifests/${reference}`, {
        method: "PUT",
        headers: { "content-type": manifest.mediaType },
        body: manifest.bytes,
    });
}

async function copyBlob(
    from: Repository,
    to: Repository,
    { digest, size }: z.output<typeof blob>,
): Promise<void> {
    const there = await to.request(`blobs/${digest}`, { method: "HEAD", expect: [404] });
    if (there.ok) {
        return;
    }
    const same = from.image.registry === to.image.registry;
    const mount = new URLSearchParams({ mount: digest, from: from.image.repository });
    const started = await to.request(`blobs/uploads/${same ? `?${mount.toString()}` : ""}`, {
        method: "POST",
    });
    if (started.status === 201) {
        return;
    }
    const location = new URL(started.headers.get("location") ?? "", started.url);
    location.searchParams.set("digest", digest);
    const { body } = await from.request(`blobs/${digest}`, { streamed: true });
    await to.request(location.href, {
        method: "PUT",
        headers: { "content-type": "application/octet-stream", "content-length": String(size) },
        body: body ?? Buffer.alloc(0),
    });
}
