import { intoPhase } from "../controllers/buildPhases";
import type { Client } from "../controllers/client";
import type { ContainerContext, Program } from "../controllers/kubelet/program";
import type { Build, BuildStage } from "../controllers/workloads";
import { seconds } from "../controllers/time";
import type { BuilderWorld, Checkout, ImageRequest } from "./builderWorld";
import { Ended, wordsOf } from "./ended";
import { OUTER_TRIES, patiently } from "./patience";

const WORK = "buildworkdir";
// How long parts of a build take at least: about what was seen.
const TAKES = {
    fetch: 150,
    dockerfile: 100,
    pull: 500,
    step: 2_000,
    settle: 50,
    push: 500,
} as const;

/** The programs of a build's pod, by its containers' names. */
export function builderPrograms(
    client: Client,
    world: BuilderWorld,
): Readonly<Record<string, Program>> {
    return {
        "git-clone": (context) => new Builder(client, world, context).clone(),
        "manage-dockerfile": (context) => new Builder(client, world, context).manage(),
        "docker-build": (context) => new Builder(client, world, context).build(),
    };
}

class Builder {
    private readonly told: Build;
    private readonly stages: BuildStage[] = [];
    // The last RUN: what the kernel kills is its process.
    private step = "";

    constructor(
        private readonly client: Client,
        private readonly world: BuilderWorld,
        private readonly context: ContainerContext,
    ) {
        this.told = JSON.parse(context.env["BUILD"] ?? "{}") as Build;
    }

    /** Fetches the source. */
    async clone(): Promise<number> {
        const { context, told } = this;
        const { uri = "", ref } = told.spec.source.git ?? {};
        context.log(`Cloning "${uri}" ...`);
        return this.guarded(async () => {
            const commit = told.spec.revision?.git?.commit;
            const { contextDir } = told.spec.source;
            const request = {
                uri,
                ...(ref === undefined ? {} : { ref }),
                ...(commit === undefined ? {} : { commit }),
                ...(contextDir === undefined ? {} : { contextDir }),
            };
            const started = context.clock.now();
            let checkout: Checkout;
            try {
                checkout = await context.clock.work(this.world.checkout(request));
                await this.takes(TAKES.fetch);
            } catch (error) {
                context.signal.throwIfAborted();
                await this.fail("FetchSourceFailed", "Failed to fetch the input source.");
                throw new Ended(1, `error: ${wordsOf(error)}`);
            }
            context.log(`\tCommit:\t${checkout.commit} (${checkout.message})`);
            context.log(`\tAuthor:\t${checkout.author}`);
            context.log(`\tDate:\t${checkout.date}`);
            context.shared(WORK).set("checkout", checkout);
            this.stage("FetchInputs", "FetchGitSource", started);
            await this.tell({});
        });
    }

    /** Looks after the Dockerfile. */
    async manage(): Promise<number> {
        return this.guarded(async () => {
            await this.takes(TAKES.dockerfile);
        });
    }

    /** Pulls, builds and pushes. */
    async build(): Promise<number> {
        const { context } = this;
        context.log('Caching blobs under "/var/cache/blobs".');
        return this.guarded(async () => {
            const before = await this.client.get<Build>(
                "builds",
                this.namespace,
                this.told.metadata.name,
            );
            this.stages.push(...(before?.status.stages ?? []));
            const request = this.request();
            await this.pull(request);
            const image = await this.make(request);
            await this.push(image);
        });
    }

    private get namespace(): string {
        return this.told.metadata.namespace ?? "";
    }

    private request(): ImageRequest {
        const { context, told } = this;
        const checkout = context.shared(WORK).get("checkout") as Checkout;
        const { dockerfilePath = "Dockerfile", buildArgs = [] } =
            told.spec.strategy.dockerStrategy ?? {};
        const { uri = "", ref } = told.spec.source.git ?? {};
        const { contextDir } = told.spec.source;
        const { name } = told.metadata;
        return {
            checkout,
            dockerfilePath,
            buildArgs: Object.fromEntries(buildArgs.map((it) => [it.name, it.value ?? ""])),
            architecture: context.node.architecture,
            env: {
                OPENSHIFT_BUILD_NAME: name,
                OPENSHIFT_BUILD_NAMESPACE: this.namespace,
                OPENSHIFT_BUILD_SOURCE: uri,
                ...(ref === undefined ? {} : { OPENSHIFT_BUILD_REFERENCE: ref }),
                OPENSHIFT_BUILD_COMMIT: checkout.commit,
            },
            labels: {
                "io.openshift.build.commit.author": checkout.author,
                "io.openshift.build.commit.date": checkout.date,
                "io.openshift.build.commit.id": checkout.commit,
                "io.openshift.build.commit.message": checkout.message,
                ...(ref === undefined ? {} : { "io.openshift.build.commit.ref": ref }),
                "io.openshift.build.name": name,
                "io.openshift.build.namespace": this.namespace,
                ...(contextDir === undefined
                    ? {}
                    : { "io.openshift.build.source-context-dir": contextDir }),
                "io.openshift.build.source-location": uri,
            },
            credentials: this.credentials("pull"),
            log: (line) => {
                this.step = /^STEP \d+\/\d+: (RUN .*)$/s.exec(line)?.[1] ?? this.step;
                context.log(line);
            },
        };
    }

    /** The Docker config that is mounted for pulling or pushing. */
    private credentials(purpose: "pull" | "push"): string[] {
        const folder = `/var/run/secrets/openshift.io/${purpose}`;
        const config = this.context.file(`${folder}/.dockerconfigjson`);
        const old = this.context.file(`${folder}/.dockercfg`);
        return [
            ...(config === undefined ? [] : [config]),
            ...(old === undefined ? [] : [`{"auths":${old}}`]),
        ];
    }

    private async pull(request: ImageRequest): Promise<void> {
        const { context } = this;
        const started = context.clock.now();
        try {
            await patiently(context, "Pull", () => this.world.pullBases(request));
            await this.takes(TAKES.pull);
        } catch (error) {
            context.signal.throwIfAborted();
            await this.fail("PullBuilderImageFailed", "Failed pulling builder image.");
            this.stage("PullImages", "PullBaseImage", started);
            await this.tell({});
            throw new Ended(
                1,
                `error: build error: failed to pull image: After retrying ${OUTER_TRIES - 1} times, Pull image still failed due to error: ${wordsOf(error)}`,
            );
        }
        this.stage("PullImages", "PullBaseImage", started);
    }

    private async make(request: ImageRequest) {
        const { context } = this;
        const started = context.clock.now();
        try {
            const image = await context.clock.work(this.world.build(request));
            await this.takes(TAKES.step);
            this.stage("Build", "DockerBuild", started);
            return image;
        } catch (error) {
            context.signal.throwIfAborted();
            await this.fail("DockerBuildFailed", "Dockerfile build strategy has failed.");
            this.stage("Build", "DockerBuild", started);
            await this.tell({});
            throw new Ended(1, `error: build error: ${this.stepWords(error)}`);
        }
    }

    private stepWords(error: unknown): string {
        const { childKilled, log } = this.context;
        if (!childKilled.aborted) {
            return wordsOf(error);
        }
        log("container exited on killed");
        return `building at STEP "${this.step}": while running runtime: exit status 1`;
    }

    private async push(image: Awaited<ReturnType<BuilderWorld["build"]>>): Promise<void> {
        const { context, told } = this;
        const reference = told.spec.output.to?.name;
        if (reference === undefined) {
            await this.tell({});
            return;
        }
        const started = context.clock.now();
        context.log("");
        context.log(`Pushing image ${reference} ...`);
        let digest: string;
        try {
            digest = await patiently(context, "Push", () =>
                image.push(reference, this.credentials("push")),
            );
            await this.takes(TAKES.push);
        } catch (error) {
            context.signal.throwIfAborted();
            await this.fail(
                "PushImageToRegistryFailed",
                "Failed to push the image to the registry.",
            );
            this.stage("PushImage", "PushDockerImage", started);
            await this.tell({});
            throw new Ended(
                1,
                `error: build error: Failed to push image: After retrying ${OUTER_TRIES - 1} times, Push image still failed due to error: ${wordsOf(error)}`,
            );
        }
        const [repository = ""] = /^.*\/[^:]*/.exec(reference) ?? [];
        context.log(`Successfully pushed ${repository}@${digest}`);
        await this.tell({ output: { to: { imageDigest: digest } } });
        context.log("Push successful");
        this.stage("PushImage", "PushDockerImage", started);
        await this.tell({});
    }

    /** Waits as long as something takes, unless the container is ended or loses a child process meanwhile. */
    private async takes(milliseconds: number): Promise<void> {
        const { clock, signal, childKilled } = this.context;
        await clock.sleep(milliseconds, AbortSignal.any([signal, childKilled]));
    }

    private stage(name: string, step: string, started: number): void {
        const startTime = seconds(started);
        const durationMilliseconds = Math.max(1, Math.round(this.context.clock.now() - started));
        const steps = [{ name: step, startTime, durationMilliseconds }];
        this.stages.push({ name, startTime, durationMilliseconds, steps });
    }

    private async fail(reason: string, message: string): Promise<void> {
        const { name } = this.told.metadata;
        const build = await this.client.get<Build>("builds", this.namespace, name);
        if (build !== undefined) {
            const status = intoPhase(build, "Failed", this.context.clock, { reason, message });
            await this.client.patch("builds", this.namespace, name, { status });
            await this.context.clock.sleep(TAKES.settle);
        }
    }

    private async tell(status: object): Promise<void> {
        const stages = this.stages.length > 0 ? { stages: this.stages } : {};
        const told = Object.keys(status).length > 0 ? status : stages;
        await this.client.patch("builds", this.namespace, this.told.metadata.name, {
            status: told,
        });
    }

    private async guarded(act: () => Promise<void>): Promise<number> {
        const { context } = this;
        try {
            await act();
            return 0;
        } catch (error) {
            if (error instanceof Ended) {
                context.log(error.message);
                return error.code;
            }
            if (context.signal.aborted) {
                context.log("Error: received unexpected terminate signal");
                return 1;
            }
            throw error;
        }
    }
}
