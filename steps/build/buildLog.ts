import { join } from "node:path";

import type { BuildRequest } from "./buildRequest";
import { streamBuildLog } from "./buildPodLog";
import { stageIn, stepIn, withoutValues } from "./buildSteps";
import { Clock } from "../../cluster/clock";
import { Cluster } from "../../cluster/cluster";
import { podNameOf } from "../shared/explainPending";
import { LogFile } from "../shared/logFile";
import { LogFollower } from "../shared/logFollower";
import type { Build } from "../../cluster/objects";
import type { Progress } from "../shared/progress";
import { LogTail } from "../shared/tailLog";

/** The log of one Build: all of it in a file, its steps as progress, its end in memory. */
export class BuildLog {
    private readonly last: LogTail;
    private readonly follower: LogFollower;
    private started = false;
    /** When each stage was first seen, in the order in which they come. */
    private readonly stages = new Map<string, number>();

    private constructor(
        request: BuildRequest,
        build: Build,
        private readonly file: LogFile,
        cluster: Cluster,
        private readonly clock: Clock,
        progress: Progress,
    ) {
        this.last = new LogTail((line) => {
            const stage = stageIn(line);
            if (stage !== undefined && !this.stages.has(stage)) {
                this.stages.set(stage, clock.now());
            }
            const step = stepIn(line);
            if (step !== undefined) {
                progress.step(`build ${build.metadata.name}: ${step}`);
            }
            return withoutValues(line);
        });
        this.follower = new LogFollower(
            (follow, signal) =>
                streamBuildLog(cluster, request.namespace, podNameOf(build), follow, clock, signal),
            async (bytes) => {
                this.last.push(bytes);
                await file.write(bytes);
            },
            clock,
        );
    }

    /** Opens the log's file; nothing is read yet. */
    static async open(
        request: BuildRequest,
        build: Build,
        cluster: Cluster,
        clock: Clock,
        progress: Progress,
    ): Promise<BuildLog> {
        const path = join(request.logDirectory, request.namespace, `${build.metadata.name}.log`);
        return new BuildLog(request, build, await LogFile.create(path), cluster, clock, progress);
    }

    /** Follows the log in the background; once is enough. */
    async follow(ended: () => boolean, signal: AbortSignal): Promise<void> {
        if (!this.started) {
            this.started = true;
            await this.follower.follow(ended, signal);
        }
    }

    /** Call when the Build has ended, before lines() of a failed one. */
    async drain(failed: boolean, signal: AbortSignal): Promise<void> {
        await this.follower.drain(failed ? 10_000 : 200, failed, signal);
        this.last.end();
    }

    /** Milliseconds of each stage so far, as they were seen in the log: OpenShift tells only when a Build has ended. */
    durations(): Record<string, number> {
        const begun = [...this.stages];
        return Object.fromEntries(
            begun.map(([stage, from], index) => {
                const to = begun[index + 1]?.[1] ?? this.clock.now();
                return [stage, Math.round(to - from)];
            }),
        );
    }

    /** The last lines so far. */
    lines(): string[] {
        return this.last.lines();
    }

    /** The file's path, if it could be written. */
    get writtenTo(): string | undefined {
        return this.file.writtenTo;
    }

    async close(): Promise<void> {
        await this.file.close();
    }
}
