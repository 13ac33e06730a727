import { ApiError } from "../cluster/apiError";
import { type Cluster } from "../cluster/cluster";
import { lostImages, type WantedBuild } from "../steps/build/lostImages";
import { refusal } from "../config/refusal";

let remembered: ReadonlyMap<string, string> = new Map();

/**
 * Looks, among the builds that are wanted and were not published yet, for finished ones of an earlier update whose image
 * is gone, see {@link lostImages}. An account that may not read builds or images learns it from the publisher.
 */
export async function rememberLost(
    cluster: Cluster,
    namespace: string,
    wanted: readonly WantedBuild[],
): Promise<void> {
    try {
        const signal = AbortSignal.timeout(30_000);
        remembered = await lostImages(cluster, namespace, wanted, signal);
    } catch (error) {
        if (error instanceof ApiError && error.status === 403) {
            remembered = new Map();
            return;
        }
        throw refusal(error instanceof Error ? error.message : String(error));
    }
}

/** The finished builds whose image is gone, by identity. */
export function lostBuilds(): ReadonlyMap<string, string> {
    return remembered;
}
