import * as z from "zod";

// Only what the programs read. The API leaves empty values out, or sends null for them.
const optional = <T extends z.ZodType>(schema: T) =>
    schema.nullish().transform((value) => value ?? undefined);
const text = optional(z.string());
const texts = z
    .record(z.string(), z.string())
    .nullish()
    .transform((value) => value ?? {});
const list = <T extends z.ZodType>(schema: T) =>
    z
        .array(schema)
        .nullish()
        .transform((value) => value ?? []);

const metadata = z.object({
    // A name ends up in a path of the file system: never anything but a Kubernetes name.
    name: z.string().regex(/^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/),
    uid: text,
    creationTimestamp: text,
    deletionTimestamp: text,
    labels: texts,
    annotations: texts,
});

/** A Build of OpenShift. */
export const buildSchema = z.object({
    metadata,
    spec: z.object({
        nodeSelector: texts,
        revision: optional(z.object({ git: optional(z.object({ commit: text })) })),
    }),
    status: z.object({
        phase: z.string(),
        reason: text,
        message: text,
        cancelled: optional(z.boolean()),
        output: optional(z.object({ to: optional(z.object({ imageDigest: text })) })),
        stages: list(
            z.object({
                name: text,
                durationMilliseconds: optional(z.number()),
            }),
        ),
    }),
});
export type Build = z.infer<typeof buildSchema>;

const containerStatus = z.object({
    name: z.string(),
    state: optional(
        z.object({
            waiting: optional(z.object({ reason: text, message: text })),
            running: optional(z.object({})),
            terminated: optional(
                z.object({ reason: text, message: text, exitCode: optional(z.number()) }),
            ),
        }),
    ),
});
export type ContainerStatus = z.infer<typeof containerStatus>;

const condition = z.object({ type: z.string(), status: z.string(), reason: text, message: text });

/** A Pod. */
export const podSchema = z.object({
    metadata,
    status: z.object({
        phase: text,
        reason: text,
        message: text,
        conditions: list(condition),
        initContainerStatuses: list(containerStatus),
        containerStatuses: list(containerStatus),
    }),
});
export type Pod = z.infer<typeof podSchema>;

/** A Job. */
export const jobSchema = z.object({
    metadata,
    spec: z.object({
        template: z.object({
            metadata: optional(z.object({ labels: texts })),
            spec: z.object({ serviceAccountName: text }),
        }),
    }),
    status: z.object({ conditions: list(condition) }),
});
export type Job = z.infer<typeof jobSchema>;

/** An Event about some object. */
export const eventSchema = z.object({
    type: text,
    reason: text,
    message: text,
    lastTimestamp: text,
    eventTime: text,
    metadata: z.object({ creationTimestamp: text }),
});
export type ClusterEvent = z.infer<typeof eventSchema>;

/** An image in an ImageStream. */
export const imageStreamImageSchema = z.object({
    image: z.object({
        metadata: z.object({ name: z.string() }),
        dockerImageManifestMediaType: text,
        dockerImageMetadata: optional(
            z.object({
                Architecture: text,
                Config: optional(z.object({ Labels: texts })),
            }),
        ),
    }),
});
export type ImageStreamImage = z.infer<typeof imageStreamImageSchema>;

/** A RoleBinding. */
export const roleBindingSchema = z.object({
    roleRef: z.object({ name: z.string() }),
    subjects: list(z.object({ kind: z.string(), name: z.string() })),
});

/** A list of such objects, and the version to watch from. */
export function listSchema<T extends z.ZodType>(item: T) {
    return z.object({ metadata: z.object({ resourceVersion: text }), items: list(item) });
}
