import { digestOf, findOrStartBuild } from "./adoptBuild";
import { BuildLog } from "./buildLog";
import type { BuildRequest, BuildResult } from "./buildRequest";
import { requireImage, tellPublisher } from "./checkedImage";
import { Clock, systemClock } from "./clock";
import { Cluster } from "./cluster";
import { Failure } from "./failure";
import { BuildFollower } from "./followBuild";
import type { Build } from "./objects";
import { shortDigest } from "./printable";
import { Progress, Reporter } from "./progress";
import { Scope } from "./scope";

/**
 * Gets one image built for one architecture: adopts the Build of this identity or starts it,
 * follows it, checks what it made and tells the publisher. Rejects with a Failure that says
 * what happened and what to do; when aborted, the Build goes on and the next run adopts it.
 */
export async function runBuild(
    request: BuildRequest,
    cluster: Cluster,
    report: Reporter,
    signal?: AbortSignal,
    clock: Clock = systemClock,
): Promise<BuildResult> {
    const progress = new Progress(`${request.image} ${request.architecture}`, report, clock);
    const scope = new Scope<BuildResult>(signal);
    let follower: BuildFollower | undefined;
    scope.run(async (s) => {
        await clock.sleep(request.timeoutSeconds * 1000, s);
        await follower?.giveUp("late", s);
        throw tooLateToStart(request);
    });
    scope.run(async (s) => {
        const { build, adopted } = await findOrStartBuild(request, cluster, clock, s);
        const { name } = build.metadata;
        if (build.status.phase === "Complete") {
            const digest = digestOf(build) ?? "";
            progress.milestone(`build ${name}: reused, ${shortDigest(digest)}`);
            await requireImage(request, build, digest, cluster, clock, s);
            await tellPublisher(request, digest, cluster, progress, s);
            scope.finish(resultOf(request, build, adopted, progress));
            return;
        }
        progress.milestone(`build ${name}: ${adopted ? "adopted" : "started"}`);
        const log = await BuildLog.open(request, name, cluster, clock, progress);
        try {
            follower = new BuildFollower(request, build, log, cluster, clock, progress, scope);
            const complete = await follower.toEnd(s);
            progress.milestone(`build ${name}: complete`);
            await log.drain(false, s);
            scope.finish(resultOf(request, complete, adopted, progress));
        } finally {
            await log.close();
        }
    });
    return scope.outcome();
}

function resultOf(
    request: BuildRequest,
    build: Build,
    adopted: boolean,
    progress: Progress,
): BuildResult {
    const stages: Record<string, number> = {};
    for (const { name, durationMilliseconds } of build.status.stages) {
        if (name !== undefined && durationMilliseconds !== undefined) {
            stages[name] = durationMilliseconds;
        }
    }
    return {
        digest: digestOf(build) ?? "",
        commit: request.commit,
        build: build.metadata.name,
        architecture: request.architecture,
        seconds: Math.round(progress.elapsed() / 100) / 10,
        adopted,
        stages,
    };
}

function tooLateToStart(request: BuildRequest): Failure {
    const { image, architecture, namespace, timeoutSeconds } = request;
    return new Failure({
        headline: `${image} ${architecture}: no build was started within ${timeoutSeconds} s.`,
        next: [`oc get builds -n ${namespace}`],
    });
}
