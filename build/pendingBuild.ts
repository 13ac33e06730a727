import type { BuildRequest } from "./buildRequest";
import { Clock } from "./clock";
import { Cluster } from "./cluster";
import { findWhatBuildWaitsFor } from "./explainPending";
import type { Build } from "./objects";
import type { Progress } from "./progress";

const INTERVAL = 5_000;

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
): Promise<string> {
    const patience = request.pendingTimeoutSeconds * 1000;
    let since = clock.now();
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
        if (inTurn) {
            since = clock.now();
        } else if (clock.now() - since >= patience) {
            return reason;
        }
    }
}
