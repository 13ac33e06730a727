import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";

import { type Clock, systemClock } from "../cluster/clock";
import { retrying } from "../cluster/retry";
import { type BuiltFrom } from "./source/changes";

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

/** What the engine answers about a stack's outputs (pulumi 3.259, pkg/resource/deploy/builtins.go). */
const Answer = z.object({
    outputs: z.record(z.string(), z.unknown()).default({}),
    secretOutputNames: z.array(z.string()).default([]),
});

/**
 * The output `images` of the stack's last update; undefined before the first, or where it is secret.
 *
 * A question, as a StackReference asks it, without being one: that would be a resource, which has all outputs in the
 * state a second time, and which an update writes down before it gets its answer.
 *
 * Asked again where the engine is just writing the state: its backend of files empties what it keeps beside that before
 * it writes it, and reads nothing then (see cli/stack/brokenAttributes.ts). What a killed Pulumi has left so ends an update
 * before this program starts.
 */
export async function previousImages(clock: Clock = systemClock): Promise<unknown> {
    const name = `${pulumi.getOrganization()}/${pulumi.getProject()}/${pulumi.getStack()}`;
    const answer: unknown = await retrying(
        () => pulumi.runtime.invoke("pulumi:pulumi:readStackOutputs", { name }),
        clock,
        new AbortController().signal,
        isBeingWritten,
    );
    const { outputs, secretOutputNames } = Answer.parse(answer);
    return secretOutputNames.includes("images") ? undefined : outputs["images"];
}

/** What Go's JSON decoder says of nothing, and of a part. */
function isBeingWritten(error: unknown): boolean {
    return (
        error instanceof Error && /failed to load checkpoint: (unexpected )?EOF/.test(error.message)
    );
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
