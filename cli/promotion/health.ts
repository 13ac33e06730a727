import { z } from "zod";

import { isMissing } from "../../cluster/apiError";
import type { Cluster } from "../../cluster/cluster";
import { reasonOf, refuse } from "../../config/promotionRefusal";

/** The Deployment that must run an image. */
export interface WantedDeployment {
    /** Stack that it belongs to, for messages. */
    readonly stack: string;
    readonly namespace: string;
    /** Name of the Deployment and of its container. */
    readonly name: string;
    /** `repository@sha256:...`. */
    readonly reference: string;
}

const TIMEOUT = 30_000;

const deployment = z.object({
    metadata: z.object({ generation: z.number().default(0) }),
    spec: z.object({
        replicas: z.number().default(1),
        template: z.object({
            spec: z.object({
                containers: z.array(z.object({ name: z.string(), image: z.string() })),
            }),
        }),
    }),
    status: z
        .object({
            observedGeneration: z.number().default(0),
            availableReplicas: z.number().default(0),
            updatedReplicas: z.number().default(0),
            replicas: z.number().default(0),
        })
        .prefault({}),
});

/**
 * Makes sure that an image runs, complete and rolled out, where it comes from; returns its number of pods.
 *
 * Refuses when the Deployment runs another image, is still rolling out, or has pods that are not available.
 */
export async function requireHealthy(cluster: Cluster, wanted: WantedDeployment): Promise<number> {
    const { stack, namespace, name, reference } = wanted;
    const fail = (is: string, accepted: string) =>
        refuse({
            key: `Deployment ${name} in ${namespace}`,
            is,
            accepted: `${accepted}, as only what runs healthy in ${stack} is promoted`,
            next: `oc rollout status deployment/${name} -n ${namespace}`,
        });
    let answer: unknown;
    try {
        const path = `/apis/apps/v1/namespaces/${encodeURIComponent(namespace)}/deployments/${encodeURIComponent(name)}`;
        answer = await cluster.get(path, AbortSignal.timeout(TIMEOUT));
    } catch (error) {
        const reason = isMissing(error) ? "there is none" : `cannot be read: ${reasonOf(error)}`;
        throw fail(reason, "a Deployment that can be read");
    }
    const { metadata, spec, status } = deployment.parse(answer);
    const image = spec.template.spec.containers.find((it) => it.name === name)?.image ?? "nothing";
    if (image !== reference) {
        throw fail(`runs ${image}`, reference);
    }
    if (status.observedGeneration < metadata.generation) {
        throw fail("is about to roll out", "a finished rollout");
    }
    if (spec.replicas === 0) {
        throw fail("has no pods", "at least one pod");
    }
    const { availableReplicas, updatedReplicas, replicas } = status;
    if (
        availableReplicas !== spec.replicas ||
        updatedReplicas !== spec.replicas ||
        replicas !== spec.replicas
    ) {
        throw fail(
            `${availableReplicas} of ${spec.replicas} pods are available, ${updatedReplicas} of ${replicas} are of this rollout`,
            `${spec.replicas} of ${spec.replicas}`,
        );
    }
    return spec.replicas;
}
