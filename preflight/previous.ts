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

/** What the stack's last update built its images from, by name; nothing of an image that it did not build. */
export async function previousBuilds(): Promise<ReadonlyMap<string, BuiltFrom>> {
    const name = `${pulumi.getOrganization()}/${pulumi.getProject()}/${pulumi.getStack()}`;
    const { value } = await new pulumi.StackReference("previous", { name }).getOutputDetails(
        "images",
    );
    // Outputs of another version of the program say nothing that could be compared.
    const images = Images.safeParse(value ?? {});
    return new Map(
        Object.entries(images.data ?? {}).flatMap(([image, { builtFrom }]) =>
            builtFrom === undefined ? [] : [[image, builtFrom] as const],
        ),
    );
}
