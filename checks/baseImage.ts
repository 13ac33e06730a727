import { z } from "zod";

import { type ImageReference, parseImageReference } from "../config/imageReference";
import type { Login } from "../registry/login";
import { Repository } from "../registry/registry";

/** What a digest stands for in its registry. */
export interface FoundBase {
    /** `list` has an image for each of its architectures, `image` is for one of them. */
    readonly kind: "image" | "list";
    /** Architectures of Linux. */
    readonly architectures: readonly string[];
}

const Body = z.object({
    manifests: z
        .array(
            z.object({
                platform: z.object({ os: z.string(), architecture: z.string() }).nullish(),
            }),
        )
        .optional(),
    config: z.object({ digest: z.string() }).optional(),
});
const ImageConfig = z.object({ architecture: z.string() });

/** An image's name as a Dockerfile has it, completed as docker does; undefined when it is not one. */
export function baseReference(image: string): ImageReference | undefined {
    const slash = image.indexOf("/");
    const host = slash < 0 ? "" : image.slice(0, slash);
    const hasHost = /[.:]/.test(host) || host === "localhost";
    const full = hasHost ? image : `docker.io/${image}`;
    const hub = /^(?:index\.)?docker\.io\/(?:library\/)?([^/]+)$/.exec(full);
    return parseImageReference(
        hub?.[1] === undefined
            ? full.replace(/^index\.docker\.io\//, "docker.io/")
            : `docker.io/library/${hub[1]}`,
    );
}

/** Asks the registry what a digest is; rejects with the reason when it does not say. */
export async function findBase(
    reference: ImageReference,
    login: Login | undefined,
    signal: AbortSignal,
): Promise<FoundBase> {
    const repository = new Repository(reference, login, signal);
    const found = await repository.manifest(reference.digest ?? "");
    if (found === undefined) {
        throw new Error(`${reference.registry} does not have it`);
    }
    const { manifests, config } = Body.parse(JSON.parse(found.bytes.toString()));
    if (manifests !== undefined) {
        const architectures = manifests.flatMap(({ platform }) =>
            platform?.os === "linux" ? [platform.architecture] : [],
        );
        return { kind: "list", architectures: [...new Set(architectures)] };
    }
    if (config === undefined) {
        throw new Error(`${reference.registry} has something else under it than an image`);
    }
    const { architecture } = ImageConfig.parse(await repository.json(config.digest));
    return { kind: "image", architectures: [architecture] };
}
