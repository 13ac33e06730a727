import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";

import { type BuiltFrom } from "../source/changes";

const Images = z.record(
    z.string(),
    z.object({
        builtFrom: z
            .object({
                commit: z.string(),
                url: z.string(),
                contextDir: z.string(),
                dockerfilePath: z.string(),
                buildArgs: z.record(z.string(), z.string()),
                architectures: z.array(z.string()),
                rebuild: z.string(),
            })
            .optional(),
    }),
);

/** The output `images` of the stack's last update; undefined before the first. */
export async function previousImages(): Promise<unknown> {
    const name = `${pulumi.getOrganization()}/${pulumi.getProject()}/${pulumi.getStack()}`;
    const reference = new pulumi.StackReference("previous", { name });
    const images: { value?: unknown } = await reference.getOutputDetails("images");
    return images.value;
}

/** What the stack's last update built its images from, by name; nothing of an image that it did not build. */
export function previousBuilds(images: unknown): ReadonlyMap<string, BuiltFrom> {
    // Outputs of another version of the program say nothing that could be compared.
    const { data } = Images.safeParse(images ?? {});
    return new Map(
        Object.entries(data ?? {}).flatMap(([image, { builtFrom }]) =>
            builtFrom === undefined ? [] : [[image, builtFrom] as const],
        ),
    );
}
