import type { ApiObject } from "../api/store";
import { buildImage } from "../images/buildImage";
import type { Image } from "../images/oci";
import { filesOf } from "../git/repository";
import { ask, collections, nodeFor, ownedBy, type Place, timestamp } from "./place";

interface BuildSpec {
    readonly nodeSelector?: Readonly<Record<string, string>>;
    readonly source: { readonly git: { readonly uri: string }; readonly contextDir?: string };
    readonly strategy: {
        readonly dockerStrategy: {
            readonly dockerfilePath: string;
            readonly buildArgs?: readonly { readonly name: string; readonly value: string }[];
        };
    };
    readonly output: { readonly to: { readonly name: string } };
    readonly revision: { readonly git: { readonly commit: string } };
}

/** An image in an ImageStream, by `NAMESPACE/STREAM@DIGEST`. */
export type StreamImages = Map<string, Image>;

/** Builds: from instantiate to the image in the ImageStream, each in a pod of its own. */
export class Builds {
    /** The last build of each BuildConfig: the next one waits for it (run policy Serial). */
    private readonly queues = new Map<string, Promise<void>>();

    constructor(
        private readonly place: Place,
        private readonly images: StreamImages,
    ) {}

    /** Starts a build of a BuildConfig, as `POST …/buildconfigs/NAME/instantiate` does. */
    async instantiate(namespace: string, name: string, request: ApiObject): Promise<ApiObject> {
        const { api, store } = this.place;
        const config = store.need(collections.buildConfigs(namespace), name);
        const count = Number(config.status?.["lastVersion"] ?? 0) + 1;
        await ask(api, "PATCH", `${collections.buildConfigs(namespace)}/${name}`, {
            status: { lastVersion: count },
        });
        const build = await ask(api, "POST", collections.builds(namespace), {
            apiVersion: "build.openshift.io/v1",
            kind: "Build",
            metadata: {
                name: `${name}-${count}`,
                namespace,
                labels: {
                    buildconfig: name,
                    "openshift.io/build-config.name": name,
                    ...request.metadata.labels,
                },
                annotations: {
                    "openshift.io/build.number": String(count),
                    ...request.metadata.annotations,
                },
                ownerReferences: ownedBy({ ...config, kind: "BuildConfig" }),
            },
            spec: { ...config.spec, revision: request["revision"] },
            status: { phase: "New" },
        });
        const key = `${namespace}/${name}`;
        const before = this.queues.get(key) ?? Promise.resolve();
        this.queues.set(
            key,
            before.then(() => this.run(namespace, build)).catch(this.place.report),
        );
        return build;
    }

    private async run(namespace: string, build: ApiObject): Promise<void> {
        const { api, nodes, pause, now, logs } = this.place;
        const { name } = build.metadata;
        const spec = build.spec as unknown as BuildSpec;
        const path = `${collections.builds(namespace)}/${name}`;
        const status = (value: object) => ask(api, "PATCH", path, { status: value });
        const node = nodeFor(nodes, spec.nodeSelector);
        await status({ phase: "Pending" });
        const pod = `${name}-build`;
        const podPath = `${collections.pods(namespace)}/${pod}`;
        const container = (state: object) => ({
            containerStatuses: [{ name: "docker-build", state }],
        });
        await ask(api, "POST", collections.pods(namespace), {
            apiVersion: "v1",
            kind: "Pod",
            metadata: {
                name: pod,
                namespace,
                labels: { "openshift.io/build.name": name },
                ownerReferences: ownedBy(build),
            },
            spec: { ...(node !== undefined && { nodeName: node.name }) },
            status: { phase: "Pending" },
        });
        if (node === undefined) {
            // No node has what it wants: it stays so until somebody gives it up.
            return;
        }
        await pause(100);
        const started = now();
        await ask(api, "PATCH", podPath, {
            status: { phase: "Running", ...container({ running: {} }) },
        });
        await status({ phase: "Running", startTimestamp: timestamp(started) });
        const log = logs.of(namespace, pod, "docker-build");
        const say = (line: string) => {
            log.write(`${line}\n`);
        };
        try {
            const image = this.build(spec, node.architecture, say);
            await pause(200);
            this.push(namespace, spec, image);
            say("Push successful");
            log.end();
            await ask(api, "PATCH", podPath, {
                status: {
                    phase: "Succeeded",
                    ...container({ terminated: { exitCode: 0, reason: "Completed" } }),
                },
            });
            const seconds = Math.max(1, now() - started);
            await status({
                phase: "Complete",
                completionTimestamp: timestamp(now()),
                output: { to: { imageDigest: image.manifest.digest } },
                stages: [
                    { name: "FetchInputs", durationMilliseconds: Math.round(seconds / 4) },
                    { name: "Build", durationMilliseconds: Math.round(seconds / 2) },
                    { name: "PushImage", durationMilliseconds: Math.round(seconds / 4) },
                ],
            });
        } catch (error) {
            const message = error instanceof Error ? error.message : String(error);
            say(`error: build error: ${message}`);
            log.end();
            await ask(api, "PATCH", podPath, {
                status: {
                    phase: "Failed",
                    ...container({ terminated: { exitCode: 1, reason: "Error" } }),
                },
            });
            await status({
                phase: "Failed",
                reason: "DockerBuildFailed",
                message: "Dockerfile build strategy has failed.",
                completionTimestamp: timestamp(now()),
            });
        }
    }

    /** The image of a commit, stamped with the node's architecture. */
    private build(
        spec: BuildSpec,
        architecture: Image["architecture"],
        log: (line: string) => void,
    ): Image {
        const { commit } = spec.revision.git;
        const { uri } = spec.source.git;
        log(`Cloning "${uri}" ...`);
        log(`\tCommit:\t${commit}`);
        const all = filesOf(this.place.repositoryOf(uri), commit);
        const folder = spec.source.contextDir;
        const files =
            folder === undefined
                ? all
                : new Map(
                      [...all].flatMap(([path, file]) =>
                          path.startsWith(`${folder}/`)
                              ? [[path.slice(folder.length + 1), file] as const]
                              : [],
                      ),
                  );
        const { dockerfilePath, buildArgs = [] } = spec.strategy.dockerStrategy;
        const dockerfile = files.get(dockerfilePath);
        if (dockerfile === undefined) {
            throw new Error(`open /tmp/build/inputs/${dockerfilePath}: no such file or directory`);
        }
        return buildImage({
            dockerfile: dockerfile.content.toString("utf8"),
            files,
            buildArgs: Object.fromEntries(buildArgs.map(({ name, value }) => [name, value])),
            architecture: architecture as Parameters<typeof buildImage>[0]["architecture"],
            labels: { "io.openshift.build.commit.id": commit },
            log,
        });
    }

    private push(namespace: string, spec: BuildSpec, image: Image): void {
        const [stream = "", tag = "latest"] = spec.output.to.name.split(":");
        const repository = this.place.internal.repository(`${namespace}/${stream}`);
        for (const { digest, content } of image.blobs) {
            repository.blobs.set(digest, content as Buffer);
        }
        const { digest, content } = image.manifest;
        const bytes = content as Buffer;
        repository.manifests.set(digest, {
            mediaType: image.mediaType,
            bytes,
            pushed: this.place.now(),
        });
        repository.tags.set(tag, digest);
        this.images.set(`${namespace}/${stream}@${digest}`, image);
    }
}
