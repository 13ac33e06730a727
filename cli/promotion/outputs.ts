import { z } from "zod";

import { refuse } from "../../config/promotionRefusal";

const release = z.object({ digest: z.string(), commit: z.string().optional() });

const image = release.extend({
    reference: z.string(),
    service: z.string().optional(),
    platforms: z.record(z.string(), z.string()).default({}),
    earlier: z.array(release).default([]),
    builtFrom: z.unknown().optional(),
});

const outputs = z.object({ images: z.record(z.string(), z.unknown()) });

/** What a stack's outputs say about one image. */
export type ImageOutputs = z.output<typeof image>;

/** The names of the images in a stack's outputs; none before its first update. */
export function imageNames(found: unknown): string[] {
    return Object.keys(outputs.safeParse(found).data?.images ?? {});
}

/** One image of a stack's outputs, undefined when they do not have it. */
export function imageIn(found: unknown, name: string): ImageOutputs | undefined {
    return image.safeParse(outputs.safeParse(found).data?.images[name]).data;
}

/** One image of the source stack's outputs; refuses when they do not have it. */
export function sourceImage(found: unknown, stack: string, name: string): ImageOutputs {
    const known = imageIn(found, name);
    if (known === undefined) {
        const names = imageNames(found);
        throw refuse({
            key: `--image ${name}`,
            is: `the outputs of stack ${stack} do not have it`,
            accepted: names.length === 0 ? `an image that ${stack} has run` : names.join(", "),
            next: `pulumi up --stack ${stack}`,
        });
    }
    return known;
}
