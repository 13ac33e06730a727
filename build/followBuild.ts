import { digestOf } from "./adoptBuild";
import { brokenBuild, buildTookTooLong, failedBuild, pendingTooLong } from "./buildFailure";
import { BuildLog } from "./buildLog";
import type { BuildRequest } from "./buildRequest";
import { requireImage, tellPublisher } from "./checkedImage";
import { Clock } from "./clock";
import { Cluster, paths } from "./cluster";
import { isActive } from "./explainPending";
import { Build, buildSchema } from "./objects";
import { watchPending } from "./pendingBuild";
import { shortDigest } from "./printable";
import type { Progress } from "./progress";
import type { Scope } from "./scope";
import { watchObjects } from "./watchObjects";

/** Follows one Build to its end; a Build that ends badly fails the scope. */
export class BuildFollower {
    private digest: string | undefined;
    private pending: AbortController | undefined;
    private givenUp = false;

    constructor(
        private readonly request: BuildRequest,
        private build: Build,
        private readonly log: BuildLog,
        private readonly cluster: Cluster,
        private readonly clock: Clock,
        private readonly progress: Progress,
        private readonly scope: Pick<Scope<unknown>, "run">,
    ) {}

    /** Resolves with the Build when it is complete and its image is checked. */
    async toEnd(signal: AbortSignal): Promise<Build> {
        const { name } = this.build.metadata;
        if (await this.see(this.build, signal)) {
            return this.build;
        }
        const changes = watchObjects(
            this.cluster,
            paths.builds(this.request.namespace),
            { fieldSelector: `metadata.name=${name}` },
            buildSchema,
            this.clock,
            signal,
        );
        for await (const change of changes) {
            if (change.kind === "gone" || (change.kind === "listed" && change.count === 0)) {
                throw brokenBuild(this.request, name, "was deleted");
            }
            if (change.kind === "present" && (await this.see(change.object, signal))) {
                break;
            }
        }
        return this.build;
    }

    /** Cancels the Build because it takes too long; rejects with the failure. */
    async giveUp(why: "late" | { pending: string }, signal: AbortSignal): Promise<never> {
        const { request, build } = this;
        // From here on the Build is "Cancelled", which is not the news.
        this.givenUp = true;
        const path = paths.build(request.namespace, build.metadata.name);
        let end = "it was cancelled";
        try {
            await this.cluster.patch(path, { status: { cancelled: true } }, signal);
        } catch (error) {
            signal.throwIfAborted();
            end = `cancelling it failed (${error instanceof Error ? error.message : String(error)})`;
        }
        throw why === "late"
            ? buildTookTooLong(request, build, this.rest(), end)
            : pendingTooLong(request, build, why.pending, end);
    }

    /** Takes in the Build's newest state; true when it is complete. */
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
            this.scope.run((s) => this.log.follow(this.ended, s));
        }
        if (phase !== "Running" && phase !== "Complete") {
            await this.log.drain(true, signal);
            throw failedBuild(this.request, build, this.rest());
        }
        await this.seeImage(build, signal);
        return phase === "Complete";
    }

    private async seeImage(build: Build, signal: AbortSignal): Promise<void> {
        const digest = digestOf(build);
        const { name } = build.metadata;
        if (digest === undefined && build.status.phase === "Complete") {
            throw brokenBuild(this.request, name, "is complete, but names no image digest");
        }
        if (this.digest !== undefined && digest !== this.digest) {
            throw brokenBuild(this.request, name, "changed its image digest after the push");
        }
        if (digest === undefined || this.digest !== undefined) {
            return;
        }
        this.digest = digest;
        this.progress.milestone(`build ${name}: pushed ${shortDigest(digest)}`);
        await requireImage(this.request, build, digest, this.cluster, this.clock, signal);
        await tellPublisher(this.request, digest, this.cluster, this.progress, signal);
    }

    private watchPending(): void {
        if (this.pending !== undefined) {
            return;
        }
        const over = (this.pending = new AbortController());
        this.scope.run(async (signal) => {
            const { request, cluster, clock, progress } = this;
            const until = AbortSignal.any([signal, over.signal]);
            try {
                const current = () => this.build;
                const reason = await watchPending(
                    request,
                    current,
                    cluster,
                    clock,
                    progress,
                    until,
                );
                await this.giveUp({ pending: reason }, until);
            } catch (error) {
                if (!over.signal.aborted || signal.aborted) {
                    throw error;
                }
            }
        });
    }

    private readonly ended = () => !isActive(this.build);

    private rest() {
        return { lines: this.log.lines(), file: this.log.writtenTo };
    }
}
