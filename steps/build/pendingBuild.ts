import type { BuildRequest } from "./buildRequest";
import { Clock } from "../../cluster/clock";
import { Cluster } from "../../cluster/cluster";
import { findWhatBuildWaitsFor } from "../shared/explainPending";
import { inVainNow } from "../shared/inVain";
import { missingConfigMap } from "./halfMadeBuild";
import type { Build } from "../../cluster/objects";
import type { Progress } from "../shared/progress";

const INTERVAL = 5_000;
const RESOURCES = "multiarch:build.resources (requests and limits)";
// Three looks: what OpenShift makes right after the pod is there at the first one.
const PATIENCE_WITH_MISSING = 10_000;

/** A Build that did not get to run. */
export interface StillPending {
    readonly reason: string;
    /** What OpenShift should have made for its pod and did not: waiting longer is in vain, another build may fare better. */
    readonly missing?: string;
    /** What to set or make, where the reason cannot pass by waiting. */
    readonly advice?: string;
}

/**
 * Says why a Build is not running, every time the reason changes. Resolves with the last reason
 * when it has waited too long, and soon where waiting is in vain. Waiting for a running build of the same BuildConfig
 * counts apart, anew for each such build.
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
    let vainSince: number | undefined;
    let turn = "";
    let turnSince = since;
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
        const vain = await inVainNow(reason, RESOURCES, cluster, request.namespace, signal);
        // What OpenShift makes for the pod comes a moment after it: above.
        if (vain !== undefined && missing === undefined) {
            vainSince ??= clock.now();
            if (clock.now() - vainSince >= INTERVAL) {
                return { reason, advice: vain.advice };
            }
        } else {
            vainSince = undefined;
        }
        if (inTurn) {
            if (turn !== reason) {
                turn = reason;
                turnSince = clock.now();
            }
            // The build before it may take as long as this one may.
            if (
                clock.now() - turnSince >=
                (request.timeoutSeconds + request.pendingTimeoutSeconds) * 1000
            ) {
                return {
                    reason,
                    advice: "The build before it takes longer than a build may: oc cancel-build ends it.",
                };
            }
            since = clock.now();
        } else if (clock.now() - since >= patience) {
            return { reason };
        }
    }
}
