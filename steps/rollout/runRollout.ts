import { Clock, systemClock } from "../../cluster/clock";
import { Cluster } from "../../cluster/cluster";
import { Progress, Reporter } from "../shared/progress";
import type { RolloutRequest, RolloutResult } from "./rolloutRequest";
import { RolloutRun } from "./rolloutRun";
import { Scope } from "../shared/scope";

/**
 * Follows the rollout of a Deployment until its newest template serves alone. Rejects with a Failure when a new pod
 * crashes again and again, with the last lines of its log, where waiting is in vain (a quota that asks for limits, a
 * Secret that is not there), or when the time is over, with what it waits for.
 */
export async function runRollout(
    request: RolloutRequest,
    cluster: Cluster,
    report: Reporter,
    signal?: AbortSignal,
    clock: Clock = systemClock,
): Promise<RolloutResult> {
    const progress = new Progress(`${request.application} rollout`, report, clock);
    const scope = new Scope<number>(signal);
    const run = new RolloutRun(request, cluster, clock, progress, scope);
    scope.run((s) => run.watchDeployment(s));
    scope.run((s) => run.explain(s));
    scope.run(async (s) => {
        await clock.sleep(request.timeoutSeconds * 1000, s);
        await run.tooLate(s);
    });
    const replicas = await scope.outcome();
    return { replicas, seconds: Math.round(progress.elapsed() / 100) / 10 };
}
