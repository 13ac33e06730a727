import { ApiError } from "../cluster/apiError";
import { type Cluster } from "../cluster/cluster";
import { lostImages, type WantedBuild } from "../steps/build/lostImages";
import { refusal } from "../config/refusal";

/**
 * Looks, among the builds that are wanted and were not published yet, for finished ones of an earlier update whose image
 * is gone, by identity; see {@link lostImages}. An account that may not read builds or images learns it from the publisher.
 */
export async function lostBuilds(
    cluster: Cluster,
    namespace: string,
    wanted: readonly WantedBuild[],
): Promise<ReadonlyMap<string, string>> {
    try {
        const signal = AbortSignal.timeout(30_000);
        return await lostImages(cluster, namespace, wanted, signal);
    } catch (error) {
        if (error instanceof ApiError && error.status === 403) {
            return new Map();
        }
        throw refusal(error instanceof Error ? error.message : String(error));
    }
}
