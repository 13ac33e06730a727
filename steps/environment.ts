import { join } from "node:path";
import * as z from "zod";

import type { BuildRequest } from "./build/buildRequest";
import { DIGEST } from "./build/checkImage";
import type { PublishRequest } from "./publish/publishRequest";
import { architecture, choiceFrom, cluster, name, parse, seconds } from "./shared/variables";
import type { ClusterChoice, Environment } from "./shared/variables";

// It becomes a label, whose values end at 63 characters: a whole SHA-256 is one too long.
const identity = z
    .string("is not set")
    .regex(/^[0-9a-f]{8,63}$/, "must be 8 to 63 hexadecimal digits (it becomes a label)");
const empty = z.literal("").transform(() => undefined);

const buildEnvironment = z.object({
    ...cluster,
    MULTIARCH_IMAGE: name,
    MULTIARCH_ARCHITECTURE: architecture,
    MULTIARCH_NAMESPACE: name,
    MULTIARCH_BUILD_CONFIG: name,
    MULTIARCH_IMAGE_STREAM: name,
    MULTIARCH_COMMIT: z
        .string("is not set")
        .regex(/^[0-9a-f]{40}$/, "must be 40 hexadecimal digits"),
    MULTIARCH_IDENTITY: identity,
    MULTIARCH_PUBLISHER: z.union([empty, name]).optional(),
    MULTIARCH_PENDING_TIMEOUT_SECONDS: seconds,
    MULTIARCH_TIMEOUT_SECONDS: seconds,
});

const digests = z
    .string("is not set")
    .transform((text, context): unknown => {
        try {
            return JSON.parse(text);
        } catch {
            context.addIssue({ code: "custom", message: "must be JSON" });
            return z.NEVER;
        }
    })
    .pipe(
        z
            .record(architecture, z.string().regex(DIGEST, "must be sha256: and 64 digits"))
            .refine((value) => Object.keys(value).length > 0, "must name an architecture"),
    );

const publishEnvironment = z.object({
    ...cluster,
    MULTIARCH_IMAGE: name,
    MULTIARCH_NAMESPACE: name,
    MULTIARCH_PUBLISHER: name,
    MULTIARCH_PUBLISHER_IDENTITY: identity,
    MULTIARCH_DIGESTS: digests,
    MULTIARCH_TIMEOUT_SECONDS: seconds,
});

/** Reads what the build program is to do; `directory` is where its log files go. */
export function readBuildEnvironment(
    environment: Environment,
    directory: string,
): { request: BuildRequest; choice: ClusterChoice } {
    const value = parse(buildEnvironment, environment);
    return {
        choice: choiceFrom(value),
        request: {
            image: value.MULTIARCH_IMAGE,
            architecture: value.MULTIARCH_ARCHITECTURE,
            namespace: value.MULTIARCH_NAMESPACE,
            buildConfig: value.MULTIARCH_BUILD_CONFIG,
            imageStream: value.MULTIARCH_IMAGE_STREAM,
            commit: value.MULTIARCH_COMMIT,
            identity: value.MULTIARCH_IDENTITY,
            publisher: value.MULTIARCH_PUBLISHER,
            pendingTimeoutSeconds: value.MULTIARCH_PENDING_TIMEOUT_SECONDS,
            timeoutSeconds: value.MULTIARCH_TIMEOUT_SECONDS,
            logDirectory: join(directory, ".multiarch", "logs"),
        },
    };
}

/** Reads what the publish program is to do. */
export function readPublishEnvironment(environment: Environment): {
    request: PublishRequest;
    choice: ClusterChoice;
} {
    const value = parse(publishEnvironment, environment);
    return {
        choice: choiceFrom(value),
        request: {
            image: value.MULTIARCH_IMAGE,
            namespace: value.MULTIARCH_NAMESPACE,
            publisher: {
                job: value.MULTIARCH_PUBLISHER,
                identity: value.MULTIARCH_PUBLISHER_IDENTITY,
            },
            digests: value.MULTIARCH_DIGESTS,
            timeoutSeconds: value.MULTIARCH_TIMEOUT_SECONDS,
        },
    };
}
