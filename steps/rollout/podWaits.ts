import type { Cluster } from "../../cluster/cluster";
import { paths } from "../../cluster/cluster";
import { podSchema } from "../../cluster/objects";
import type { ApplicationPod } from "./crashes";
import { findEvents, podWaitsFor } from "../shared/explainPending";
import { isMissing } from "../../cluster/apiError";

/** Asks the cluster why a pod does not run; undefined where nothing says so, or the pod is gone. */
export async function findWhatPodWaitsFor(
    cluster: Cluster,
    namespace: string,
    { metadata: { name } }: ApplicationPod,
    signal: AbortSignal,
): Promise<string | undefined> {
    const events = await findEvents(cluster, namespace, "Pod", name, signal);
    try {
        const pod = podSchema.parse(await cluster.get(paths.pod(namespace, name), signal));
        return podWaitsFor(pod, events);
    } catch (error) {
        if (isMissing(error)) {
            return undefined;
        }
        throw error;
    }
}
