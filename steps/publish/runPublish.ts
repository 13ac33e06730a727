import { Clock, systemClock } from "../../cluster/clock";
import { Cluster } from "../../cluster/cluster";
import { Progress, Reporter } from "../shared/progress";
import type { Published } from "./publisherEvents";
import { PublisherRun } from "./publisherRun";
import type { PublishRequest, PublishResult } from "./publishRequest";
import { Scope } from "../shared/scope";

/**
 * Gets one image published for all its architectures: tells the waiting publisher Job the
 * digests and that it may publish, and reads from its output what it did. Rejects with a Failure
 * that says what happened and what to do.
 */
export async function runPublish(
    request: PublishRequest,
    cluster: Cluster,
    report: Reporter,
    signal?: AbortSignal,
    clock: Clock = systemClock,
): Promise<PublishResult> {
    const progress = new Progress(`${request.image} publish`, report, clock);
    const scope = new Scope<Published>(signal);
    const run = new PublisherRun(request, cluster, clock, progress, scope);
    scope.run((s) => run.watchJob(s));
    scope.run((s) => run.watchPods(s));
    scope.run((s) => run.explain(s));
    scope.run(async (s) => {
        await clock.sleep(request.timeoutSeconds * 1000, s);
        await run.tooLate(s);
    });
    const { digest, immutableTag, moved, ahead } = await scope.outcome();
    const seconds = Math.round(progress.elapsed() / 100) / 10;
    return { digest, immutableTag, moved, ahead, seconds };
}
