import { z } from "zod";

import { ApiError } from "../cluster/apiError";
import { type Cluster } from "../cluster/cluster";

const Nodes = z.object({
    items: z.array(
        z.object({
            metadata: z.object({
                name: z.string(),
                labels: z.record(z.string(), z.string()).default({}),
            }),
            spec: z.object({ unschedulable: z.boolean().default(false) }).default({
                unschedulable: false,
            }),
            status: z.object({
                conditions: z.array(z.object({ type: z.string(), status: z.string() })).default([]),
            }),
        }),
    ),
});

/**
 * Says for each architecture why nothing can be built for it: no node has it, or none that has it takes pods.
 *
 * An account that may not list nodes (the admin of a namespace may not) gets no answer here; its builds then say why
 * they are Pending.
 */
export async function missingArchitectures(
    cluster: Cluster,
    wanted: readonly string[],
    signal: AbortSignal,
): Promise<string[]> {
    let list: unknown;
    try {
        list = await cluster.get("/api/v1/nodes", signal);
    } catch (error) {
        if (error instanceof ApiError && error.status === 403) {
            return [];
        }
        throw error;
    }
    const nodes = Nodes.parse(list).items.map(({ metadata, spec, status }) => ({
        name: metadata.name,
        architecture: metadata.labels["kubernetes.io/arch"] ?? "unknown",
        ready:
            !spec.unschedulable &&
            status.conditions.some(({ type, status: is }) => type === "Ready" && is === "True"),
    }));
    const present = [...new Set(nodes.map(({ architecture }) => architecture))].sort();
    return wanted.flatMap((architecture) => {
        const having = nodes.filter((node) => node.architecture === architecture);
        if (having.some(({ ready }) => ready)) {
            return [];
        }
        return [
            having.length === 0
                ? `architecture ${JSON.stringify(architecture)}: the cluster has no such node, only ${present.join(", ")}. Leave it out of multiarch:architectures, or add a node; see: oc get nodes -L kubernetes.io/arch`
                : `architecture ${JSON.stringify(architecture)}: no node takes pods (${having.map(({ name }) => name).join(", ")}: not Ready, or cordoned); see: oc get nodes -L kubernetes.io/arch`,
        ];
    });
}
