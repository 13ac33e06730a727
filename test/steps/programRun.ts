import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { ConnectionError, describeRequest } from "../../cluster/apiError";
import type { BuildRequest, BuildResult } from "../../steps/build/buildRequest";
import type { PublishRequest, PublishResult } from "../../steps/publish/publishRequest";
import { runBuild } from "../../steps/build/runBuild";
import { runPublish } from "../../steps/publish/runPublish";
import { eventually, FakeClock } from "../cluster/fakeClock";
import { FakeCluster } from "../cluster/fakeCluster";
import {
    ARM64,
    buildObject,
    buildRequest,
    BUILDS,
    imageObject,
    INSTANTIATE,
    jobObject,
    JOBS,
    PODS,
    publishRequest,
} from "../cluster/objects";

/** The build that {@link BuildRun} starts. */
export const NAME = "api-arm64-3";
/** Path of its log: that of its pod. */
export const LOG = `${PODS}/${NAME}-build/log`;
/** What a request to start it fails with when nobody knows whether it arrived. */
export const lost = new ConnectionError(
    describeRequest("POST", INSTANTIATE),
    "https://c",
    "reset",
    false,
);
/** The publisher's pod. */
export const POD = "api-publish-x7";

/** What runs on a fake cluster: what it told the user, and how it ended. */
class ProgramRun<Result> {
    readonly cluster = new FakeCluster();
    readonly clock = new FakeClock();
    readonly abort = new AbortController();
    readonly lines: string[] = [];
    readonly report = (line: string) => this.lines.push(line);
    /** How it ended; undefined while it runs. */
    outcome: Result | Error | undefined;

    /** Waits for the end; nothing may be left of it then. */
    async ended(): Promise<Result | Error> {
        const known = await eventually(() => this.outcome, "the outcome");
        const [watches, timers] = [this.cluster.openWatches, this.clock.waiting];
        if (watches > 0 || timers > 0) {
            throw new Error(`it ended, and left ${watches} watches and ${timers} timers`);
        }
        return known;
    }

    /** Waits for the end, which must be an error; returns its message. */
    async failed(): Promise<string> {
        const error = await this.ended();
        if (!(error instanceof Error)) {
            throw new Error("it succeeded");
        }
        return error.message;
    }

    protected follow(result: Promise<Result>): void {
        result.then(
            (value) => (this.outcome = value),
            (error: unknown) => (this.outcome = error as Error),
        );
    }
}

/** A run of `runBuild`, on a cluster that starts {@link NAME} when it is asked to. */
export class BuildRun extends ProgramRun<BuildResult> {
    /** Folder of the logs. */
    readonly directory = mkdtempSync(join(tmpdir(), "multiarch-test-"));

    constructor() {
        super();
        this.cluster.on("POST", /instantiate$/, () => {
            const build = buildObject(NAME, { phase: "New" });
            this.cluster.set(BUILDS, build);
            return build;
        });
        this.cluster.on("GET", /imagestreamimages/, () => imageObject(ARM64));
    }

    start(changes: Partial<BuildRequest> = {}): void {
        const request = buildRequest({ logDirectory: this.directory, ...changes });
        const { cluster, report, abort, clock } = this;
        this.follow(runBuild(request, cluster, report, abort.signal, clock));
    }

    /** Gives the build a status; once it has begun, it has a pod with one container. */
    phase(status: Record<string, unknown>): void {
        if (status["phase"] !== "New" && status["phase"] !== "Pending") {
            this.cluster.set(PODS, {
                metadata: { name: `${NAME}-build` },
                status: {
                    phase: "Running",
                    containerStatuses: [{ name: "docker-build", state: { running: {} } }],
                },
            });
        }
        this.cluster.set(BUILDS, buildObject(NAME, status));
    }

    remove(): void {
        rmSync(this.directory, { recursive: true });
    }
}

/** A run of `runPublish`, on a cluster that has the publisher's Job. */
export class PublishRun extends ProgramRun<PublishResult> {
    constructor() {
        super();
        this.cluster.set(JOBS, jobObject());
    }

    start(changes: Partial<PublishRequest> = {}): void {
        const { cluster, report, abort, clock } = this;
        this.follow(runPublish(publishRequest(changes), cluster, report, abort.signal, clock));
    }

    /** The log of a pod. */
    log(pod = POD) {
        return this.cluster.log(`${PODS}/${pod}/log`);
    }

    /** Has a pod print something: text, or an event as a line of JSON. */
    say(value: unknown, pod = POD): void {
        const text = typeof value === "string" ? value : `${JSON.stringify(value)}\n`;
        this.log(pod).push(Buffer.from(text));
    }
}
