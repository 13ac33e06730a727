import { isMissing } from "../../cluster/apiError";
import { type Cluster, paths } from "../../cluster/cluster";
import type { Build } from "../../cluster/objects";

// OpenShift makes a build's ConfigMaps right after its pod. Seen on the sandbox when the API server was restarted between
// the two: they never came.
const UNMOUNTED = /^FailedMount: .*configmap "([^"]+)" not found/;
const OWN = ["ca", "global-ca", "sys-config"];

/**
 * The ConfigMap that a Build's pod waits for in vain, if OpenShift has made the pod but not that: such a pod never
 * starts. Undefined for every other reason, and where ConfigMaps may not be read.
 */
export async function missingConfigMap(
    build: Build,
    reason: string,
    cluster: Cluster,
    namespace: string,
    signal: AbortSignal,
): Promise<string | undefined> {
    const name = UNMOUNTED.exec(reason)?.[1];
    if (name === undefined || !OWN.some((suffix) => name === `${build.metadata.name}-${suffix}`)) {
        return undefined;
    }
    try {
        // The event may be an old one: the ConfigMap comes a moment after the pod.
        await cluster.get(paths.configMap(namespace, name), signal);
        return undefined;
    } catch (error) {
        signal.throwIfAborted();
        return isMissing(error) ? name : undefined;
    }
}
