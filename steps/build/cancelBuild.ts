import type { BuildRequest } from "./buildRequest";
import { type Cluster, paths } from "../../cluster/cluster";
import type { Build } from "../../cluster/objects";

/** Cancels a Build; says how that went. */
export async function cancelBuild(
    cluster: Cluster,
    { namespace }: Pick<BuildRequest, "namespace">,
    build: Build,
    signal: AbortSignal,
): Promise<string> {
    const path = paths.build(namespace, build.metadata.name);
    try {
        await cluster.patch(path, { status: { cancelled: true } }, signal);
        return "it was cancelled";
    } catch (error) {
        signal.throwIfAborted();
        return `cancelling it failed (${error instanceof Error ? error.message : String(error)})`;
    }
}
