import type { BuildRequest } from "./buildRequest";
import { Clock } from "../../cluster/clock";
import { Cluster } from "../../cluster/cluster";
import { findWhatBuildWaitsFor } from "../shared/explainPending";
import { missingConfigMap } from "./halfMadeBuild";
import type { Build } from "../../cluster/objects";
import type { Progress } from "../shared/progress";

const INTERVAL = 5_000;
// Three looks: what OpenShift makes right after the pod is there at the first one.
const PATIENCE_WITH_MISSING = 10_000;

/** A Build that did not get to run. */
export interface StillPending {
    readonly reason: string;
    /** What OpenShift should have made for its pod and did not: waiting longer is in vain, another build may fare better. */
    readonly missing?: string;
}

/**
 * Says why a Build is not running, every time the reason changes. Resolves with the last reason
 * when it has waited too long; waiting for a running build of the same BuildConfig does not count.
 */
export async function watchPending(
    request: BuildRequest,
    current: () => Build,
    cluster: Cluster,
    clock: Clock,
    progress: Progress,
    signal: AbortSignal,
): Promise<StillPending> {
    const patience = request.pendingTimeoutSeconds * 1000;
    let since = clock.now();
    let missingSince: number | undefined;
    for (;;) {
        await clock.sleep(Math.min(INTERVAL, since + patience - clock.now()), signal);
        const build = current();
        const { reason, inTurn } = await findWhatBuildWaitsFor(
            cluster,
            request.namespace,
            build,
            signal,
        );
        progress.step(`build ${build.metadata.name}: ${build.status.phase}, ${reason}`);
        const missing = await missingConfigMap(build, reason, cluster, request.namespace, signal);
        if (missing === undefined) {
            missingSince = undefined;
        } else {
            missingSince ??= clock.now();
            if (clock.now() - missingSince >= PATIENCE_WITH_MISSING) {
                return { reason, missing };
            }
        }
        if (inTurn) {
            since = clock.now();
        } else if (clock.now() - since >= patience) {
            return { reason };
        }
    }
}
