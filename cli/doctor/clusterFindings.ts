import { z } from "zod";

import { ApiError } from "../../cluster/apiError";
import type { Cluster } from "../../cluster/cluster";
import type { Finding } from "./findings";

const Version = z.object({ gitVersion: z.string() });
const Nodes = z.object({
    items: z.array(
        z.object({
            metadata: z.object({ labels: z.record(z.string(), z.string()).default({}) }),
        }),
    ),
});

/** The cluster's version, its build API and its nodes' architectures; only reads, and goes on where one is not answered. */
export async function clusterFindings(cluster: Cluster, signal: AbortSignal): Promise<Finding[]> {
    return Promise.all([
        asked("Cluster", "oc login", async () => {
            const { gitVersion } = Version.parse(await cluster.get("/version", signal));
            return `Kubernetes ${gitVersion}`;
        }),
        asked("Build API", "use a cluster of OpenShift with the Build capability", async () => {
            await cluster.get("/apis/build.openshift.io/v1", signal);
            return "build.openshift.io/v1";
        }),
        asked("Nodes", "oc get nodes -L kubernetes.io/arch", async () => {
            const { items } = Nodes.parse(await cluster.get("/api/v1/nodes", signal));
            const all = items.map(
                ({ metadata }) => metadata.labels["kubernetes.io/arch"] ?? "unknown",
            );
            return [...new Set(all)].sort().join(", ");
        }),
    ]);
}

async function asked(what: string, mend: string, ask: () => Promise<string>): Promise<Finding> {
    try {
        return { what, state: "fine", found: await ask() };
    } catch (error) {
        // An account that may not look does not know; anything else is not there.
        const isUnknown = error instanceof ApiError && error.status === 403;
        const reason = error instanceof Error ? error.message : String(error);
        const [found = ""] = reason.split("\n");
        return { what, state: isUnknown ? "unknown" : "missing", found, mend };
    }
}
