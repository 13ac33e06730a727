import { digestOf, findOrStartBuild } from "./adoptBuild";
import { BuildLog } from "./buildLog";
import { LostBuild } from "./buildFailure";
import type { BuildRequest, BuildResult } from "./buildRequest";
import { requireImage, tellPublisher } from "./checkedImage";
import { Clock, inSeconds, systemClock } from "../../cluster/clock";
import { Cluster } from "../../cluster/cluster";
import { Failure } from "../shared/failure";
import { meanwhile } from "../shared/meanwhile";
import { BuildFollower } from "./followBuild";
import type { Build } from "../../cluster/objects";
import { shortDigest } from "../../cluster/printable";
import { Progress, Reporter } from "../shared/progress";
import { Scope } from "../shared/scope";

// A registry that is down for 30 s is back by then: the builder itself repeats a push for about 10 s.
const ATTEMPTS = 3;
const FIRST_PAUSE = 10_000;

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
    const attempt = async (s: AbortSignal) => {
        const starting = meanwhile(scope, async (until) => {
            await clock.sleep(request.pendingTimeoutSeconds * 1000, until);
            throw tooLateToStart(request);
        });
        const { build, adopted } = await findOrStartBuild(request, cluster, clock, s).finally(
            () => {
                starting.abort();
            },
        );
        const { name } = build.metadata;
        if (build.status.phase === "Complete") {
            const digest = digestOf(build) ?? "";
            progress.milestone(`build ${name}: reused, ${shortDigest(digest)}`);
            await requireImage(request, build, digest, cluster, clock, s);
            await tellPublisher(request, digest, cluster, progress, s);
            return resultOf(request, build, adopted, progress);
        }
        progress.milestone(`build ${name}: ${adopted ? "adopted" : "started"}`);
        const log = await BuildLog.open(request, build, cluster, clock, progress);
        try {
            const follower = new BuildFollower(
                request,
                build,
                log,
                cluster,
                clock,
                progress,
                scope,
            );
            const complete = await follower.toEnd(s);
            progress.milestone(`build ${name}: image checked`);
            const seen = log.durations();
            await log.drain(false, s);
            return resultOf(request, complete, adopted, progress, seen);
        } finally {
            await log.close();
        }
    };
    scope.run(async (s) => {
        scope.finish(await attempts(attempt, progress, clock, s));
    });
    return scope.outcome();
}

/** Builds again what failed for its surroundings, a few times, and says so; any other failure is the result. */
async function attempts(
    attempt: (signal: AbortSignal) => Promise<BuildResult>,
    progress: Progress,
    clock: Clock,
    signal: AbortSignal,
): Promise<BuildResult> {
    for (let failures = 1; ; failures++) {
        try {
            return await attempt(signal);
        } catch (error) {
            if (!(error instanceof LostBuild) || failures === ATTEMPTS) {
                throw error;
            }
            // Many builds meet the same trouble: they must not come back all at once.
            const pause = FIRST_PAUSE * 2 ** (failures - 1) * (1 + Math.random() / 2);
            progress.milestone(
                `build ${error.build}: ${error.reason}; attempt ${failures + 1} of ${ATTEMPTS} in ${inSeconds(pause)}`,
            );
            await clock.sleep(pause, signal);
        }
    }
}

function resultOf(
    request: BuildRequest,
    build: Build,
    adopted: boolean,
    progress: Progress,
    seen: Readonly<Record<string, number>> = {},
): BuildResult {
    const stages: Record<string, number> = { ...seen };
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
    const { image, architecture, namespace, pendingTimeoutSeconds } = request;
    return new Failure({
        headline: `${image} ${architecture}: no build was started within ${pendingTimeoutSeconds} s.`,
        next: [`oc get builds -n ${namespace}`],
    });
}
