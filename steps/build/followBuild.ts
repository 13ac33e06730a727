import { digestOf } from "./adoptBuild";
import {
    brokenBuild,
    buildTookTooLong,
    cannotStart,
    cutOffBuild,
    failedBuild,
    halfMadeBuild,
    type LostBuild,
    pendingTooLong,
} from "./buildFailure";
import { BuildLog } from "./buildLog";
import type { BuildRequest } from "./buildRequest";
import { cancelBuild } from "./cancelBuild";
import { requireImage, tellPublisher } from "./checkedImage";
import { Clock } from "../../cluster/clock";
import { Cluster, paths } from "../../cluster/cluster";
import { isActive } from "../shared/explainPending";
import { watchNode } from "./lostNode";
import { meanwhile } from "../shared/meanwhile";
import { Build, buildSchema } from "../../cluster/objects";
import { watchPending } from "./pendingBuild";
import { shortDigest } from "../../cluster/printable";
import type { Progress } from "../shared/progress";
import type { Scope } from "../shared/scope";
import { watchObjects } from "../../cluster/watchObjects";

/** Follows one Build to its end; a Build that ends badly fails the scope. */
export class BuildFollower {
    private digest: string | undefined;
    private pending: AbortController | undefined;
    private running: AbortController | undefined;
    private deadline: AbortController | undefined;
    private givenUp = false;
    private cutOff: LostBuild | undefined;

    constructor(
        private readonly request: BuildRequest,
        private build: Build,
        private readonly log: BuildLog,
        private readonly cluster: Cluster,
        private readonly clock: Clock,
        private readonly progress: Progress,
        private readonly scope: Pick<Scope<unknown>, "run">,
    ) {}

    /**
     * Resolves with the Build when its image is pushed and checked. Its end, a second or two later, is not waited for.
     */
    async toEnd(signal: AbortSignal): Promise<Build> {
        try {
            await this.untilPushed(signal);
            return this.build;
        } finally {
            this.pending?.abort();
            this.running?.abort();
            this.deadline?.abort();
        }
    }

    private async untilPushed(signal: AbortSignal): Promise<void> {
        if (await this.see(this.build, signal)) {
            return;
        }
        const { request, build, cluster, clock } = this;
        const builds = paths.builds(request.namespace);
        const selector = { fieldSelector: `metadata.name=${build.metadata.name}` };
        const changes = watchObjects(cluster, builds, selector, buildSchema, clock, signal);
        for await (const change of changes) {
            if (change.kind === "gone" || (change.kind === "listed" && change.count === 0)) {
                throw brokenBuild(request, build.metadata.name, "was deleted");
            }
            if (change.kind === "present" && (await this.see(change.object, signal))) {
                return;
            }
        }
    }

    /** Cancels the Build because it takes too long; rejects with the failure. */
    private async giveUp(
        why: "late" | { pending: string; advice: string | undefined },
        signal: AbortSignal,
    ): Promise<never> {
        const { request, build } = this;
        // From here on the Build is "Cancelled", which is not the news.
        this.givenUp = true;
        const end = await cancelBuild(this.cluster, request, build, signal);
        throw why === "late"
            ? buildTookTooLong(request, build, this.rest(), end)
            : why.advice === undefined
              ? pendingTooLong(request, build, why.pending, end)
              : cannotStart(request, build, why.pending, why.advice, end);
    }

    /** Takes in the Build's newest state; true when its image is there. */
    private async see(build: Build, signal: AbortSignal): Promise<boolean> {
        this.build = build;
        const { phase } = build.status;
        if (this.givenUp) {
            return false;
        }
        if (phase === "New" || phase === "Pending") {
            this.watchPending();
            return false;
        }
        this.pending?.abort();
        if (phase === "Running") {
            this.scope.run((s) => this.log.follow(() => !isActive(this.build), s));
            this.watchNode();
            this.watchDeadline();
        }
        if (this.cutOff !== undefined && phase === "Cancelled") {
            throw this.cutOff;
        }
        if (phase !== "Running" && phase !== "Complete") {
            await this.log.drain(true, signal);
            throw failedBuild(this.request, build, this.rest());
        }
        await this.seeImage(build, signal);
        return this.digest !== undefined;
    }

    private async seeImage(build: Build, signal: AbortSignal): Promise<void> {
        const { name } = build.metadata;
        const digest = digestOf(build);
        if (digest === undefined) {
            if (build.status.phase !== "Complete") {
                return;
            }
            throw brokenBuild(this.request, name, "is complete, but names no image digest");
        }
        this.digest = digest;
        this.progress.milestone(`build ${name}: pushed ${shortDigest(digest)}`);
        await requireImage(this.request, build, digest, this.cluster, this.clock, signal);
        await tellPublisher(this.request, digest, this.cluster, this.progress, signal);
    }

    private watchPending(): void {
        const { request, cluster, clock, progress } = this;
        this.pending ??= meanwhile(this.scope, async (until) => {
            const build = () => this.build;
            const { reason, missing, advice } = await watchPending(
                request,
                build,
                cluster,
                clock,
                progress,
                until,
            );
            if (missing === undefined) {
                return this.giveUp({ pending: reason, advice }, until);
            }
            await this.cutOffBy(halfMadeBuild(request, build(), missing), until);
        });
    }

    /**
     * The time that a build may take counts from the moment at which it runs, for each attempt. Not from the time that its
     * status names: this machine's clock may be another than the cluster's, and a healthy build is never cancelled. The
     * cluster itself counts by its own clock (completionDeadlineSeconds).
     */
    private watchDeadline(): void {
        this.deadline ??= meanwhile(this.scope, async (until) => {
            await this.clock.sleep(this.request.timeoutSeconds * 1000, until);
            await this.giveUp("late", until);
        });
    }

    private watchNode(): void {
        const { request, build, cluster, clock, progress } = this;
        this.running ??= meanwhile(this.scope, async (until) => {
            await watchNode(request, build, cluster, clock, progress, until);
            await this.cutOffBy(cutOffBuild(request, build, "it was cancelled"), until);
        });
    }

    /** Cancels a Build that another attempt may replace; its end is seen as that of any other, and is this failure. */
    private async cutOffBy(failure: LostBuild, signal: AbortSignal): Promise<void> {
        this.cutOff = failure;
        await cancelBuild(this.cluster, this.request, this.build, signal);
    }

    private rest() {
        return { lines: this.log.lines(), file: this.log.writtenTo };
    }
}
