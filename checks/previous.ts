import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";

import { type Clock, systemClock } from "../cluster/clock";
import { retrying } from "../cluster/retry";
import { type BuiltFrom } from "../components/builtFrom";

/** An image whose digest is not one was not finished: nothing that is said of it is so. */
const Images = z.record(
    z.string(),
    z
        .object({
            digest: z.string().regex(/^sha256:[0-9a-f]{64}$/),
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
        })
        .optional()
        .catch(undefined),
);

/** What the engine answers about a stack's outputs (pulumi 3.259, pkg/resource/deploy/builtins.go). */
const Answer = z.object({
    outputs: z.record(z.string(), z.unknown()).default({}),
    secretOutputNames: z.array(z.string()).default([]),
});

/** The outputs of a stack that its next update looks at; none before the first, or where they are secret. */
export interface PreviousOutputs {
    /** What is said of each image. */
    readonly images?: unknown;
    /** What had been deployed before that update. */
    readonly releases?: unknown;
}

/**
 * The outputs of the stack's last update.
 *
 * A question, as a StackReference asks it, without being one: that would be a resource, which has all outputs in the
 * state a second time, and which an update writes down before it gets its answer.
 *
 * Asked again where the engine is just writing the state: its backend of files empties what it keeps beside that before
 * it writes it, and reads nothing then (see cli/stack/brokenAttributes.ts). What a killed Pulumi has left so ends an update
 * before this program starts.
 */
export async function previousOutputs(clock: Clock = systemClock): Promise<PreviousOutputs> {
    const name = `${pulumi.getOrganization()}/${pulumi.getProject()}/${pulumi.getStack()}`;
    const answer: unknown = await retrying(
        () => pulumi.runtime.invoke("pulumi:pulumi:readStackOutputs", { name }),
        clock,
        new AbortController().signal,
        isBeingWritten,
    );
    const { outputs, secretOutputNames } = Answer.parse(answer);
    const readable = (key: string) => (secretOutputNames.includes(key) ? undefined : outputs[key]);
    return { images: readable("images"), releases: readable("releases") };
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
        Object.entries(data ?? {}).flatMap(([image, found]) =>
            found?.builtFrom === undefined ? [] : [[image, found.builtFrom] as const],
        ),
    );
}
