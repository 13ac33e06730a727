import * as z from "zod";

import type { RolloutRequest } from "./rolloutRequest";
import { choiceFrom, cluster, name, parse, seconds } from "../shared/variables";
import type { ClusterChoice, Environment } from "../shared/variables";

const rolloutEnvironment = z.object({
    ...cluster,
    MULTIARCH_APPLICATION: name,
    MULTIARCH_NAMESPACE: name,
    MULTIARCH_DEPLOYMENT: name,
    MULTIARCH_GENERATION: z
        .string("is not set")
        .regex(/^\d{1,15}$/, "must be a whole number")
        .transform(Number),
    MULTIARCH_TIMEOUT_SECONDS: seconds,
});

/** Reads what the rollout program is to do. */
export function readRolloutEnvironment(environment: Environment): {
    request: RolloutRequest;
    choice: ClusterChoice;
} {
    const value = parse(rolloutEnvironment, environment);
    return {
        choice: choiceFrom(value),
        request: {
            application: value.MULTIARCH_APPLICATION,
            namespace: value.MULTIARCH_NAMESPACE,
            deployment: value.MULTIARCH_DEPLOYMENT,
            generation: value.MULTIARCH_GENERATION,
            timeoutSeconds: value.MULTIARCH_TIMEOUT_SECONDS,
        },
    };
}
