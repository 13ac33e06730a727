import { BuildFailure, buildImage } from "../images/buildImage";
import type { Image } from "../images/oci";
import { filesOf } from "../git/repository";
import type { Registry } from "../registry/registry";
import {
    type BuilderWorld,
    BuilderProblem,
    type BuiltImage,
    type ImageRequest,
} from "./builderWorld";
import { authorizationFor, RegistryClient, RegistryProblem } from "./registryClient";

/** What the simulated builders ask for, from this process's own parts. */
export interface WorldParts {
    /** The folder of the repository that a URL names. */
    readonly repositoryOf: (url: string) => string;
    readonly registryOf: (host: string) => Registry | undefined;
    /** Told of each image that came into a registry, by its host and repository. */
    readonly pushed: (host: string, repository: string, tag: string, image: Image) => Promise<void>;
    /** Whether a base image can be had; an Error's words say why not. Bases are not pulled here. @default all can */
    readonly baseProblem?: (base: string) => string | undefined;
    /** What a RUN ends with, where it fails: it is not executed. @default none does */
    readonly runProblem?: (
        instruction: string,
        architecture: string,
    ) => { says: string; code: number } | undefined;
}

/** The world of simulated builders: real commits, images and registries. */
export function builderWorld(parts: WorldParts): BuilderWorld {
    return {
        checkout: ({ uri, commit = "", contextDir }) => {
            const all = filesOf(parts.repositoryOf(uri), commit);
            const inside = [...all].flatMap(([path, file]): [string, typeof file][] =>
                contextDir === undefined || contextDir === "."
                    ? [[path, file]]
                    : path.startsWith(`${contextDir}/`)
                      ? [[path.slice(contextDir.length + 1), file]]
                      : [],
            );
            return Promise.resolve({
                commit,
                author: "Simulated <simulated@example.invalid>",
                date: "Thu Jan 1 00:00:00 2026 +0000",
                message: "simulated",
                files: new Map(inside),
            });
        },
        pullBases: (request) => {
            for (const base of basesOf(request)) {
                request.log(`Pulling image ${base} ...`);
                request.log(`Trying to pull ${base}...`);
                const problem = parts.baseProblem?.(base);
                if (problem !== undefined) {
                    return Promise.reject(new Error(problem));
                }
            }
            return Promise.resolve();
        },
        build: (request) => Promise.resolve().then(() => built(parts, request)),
    };
}

function dockerfileOf({ checkout, dockerfilePath }: ImageRequest): string {
    const file = checkout.files.get(dockerfilePath);
    if (file === undefined) {
        throw new BuildFailure(
            `open /tmp/build/inputs/${dockerfilePath}: no such file or directory`,
        );
    }
    return file.content.toString("utf8");
}

/** The images that a Dockerfile begins with, but its own stages. */
function basesOf(request: ImageRequest): string[] {
    const { checkout, dockerfilePath } = request;
    const text = checkout.files.get(dockerfilePath)?.content.toString("utf8") ?? "";
    const stages = new Set<string>(["scratch"]);
    const bases: string[] = [];
    for (const [, base = "", name] of text.matchAll(
        /^\s*FROM\s+(?:--\S+\s+)*(\S+)(?:\s+AS\s+(\S+))?/gim,
    )) {
        if (!stages.has(base) && !base.includes("$")) {
            bases.push(base);
        }
        stages.add(name ?? "");
    }
    return bases;
}

function built(parts: WorldParts, request: ImageRequest): BuiltImage {
    const { checkout, architecture, buildArgs, labels, log } = request;
    const image = buildImage({
        dockerfile: dockerfileOf(request),
        files: checkout.files,
        buildArgs,
        architecture: architecture as Parameters<typeof buildImage>[0]["architecture"],
        labels,
        log: (line) => {
            log(line);
            const [, instruction] = /^STEP \d+\/\d+: (RUN .*)$/s.exec(line) ?? [];
            const problem =
                instruction === undefined
                    ? undefined
                    : parts.runProblem?.(instruction, architecture);
            if (problem !== undefined && instruction !== undefined) {
                log(problem.says);
                throw new BuildFailure(
                    `building at STEP "${instruction}": while running runtime: exit status ${problem.code}`,
                );
            }
        },
    });
    return {
        id: image.manifest.digest,
        blobs: image.blobs.map(({ digest }) => digest),
        push: (reference, credentials) =>
            Promise.resolve().then(() => push(parts, image, reference, credentials)),
    };
}

async function push(
    parts: WorldParts,
    image: Image,
    reference: string,
    credentials: readonly string[],
): Promise<string> {
    const [, host = "", repository = "", tag = "latest"] =
        /^([^/]+)\/([^@]+?)(?::([^:/]+))?$/.exec(reference) ?? [];
    const registry = parts.registryOf(host);
    if (registry === undefined) {
        throw new BuilderProblem(`pinging container registry ${host}: no such host`, true);
    }
    const client = new RegistryClient(registry, repository, authorizationFor(credentials, host));
    try {
        for (const { digest, content } of image.blobs) {
            client.pushBlob(digest, content as Buffer);
        }
        const bytes = image.manifest.content as Buffer;
        const digest = client.pushManifest(tag, image.mediaType, bytes);
        await parts.pushed(host, repository, tag, image);
        return digest;
    } catch (error) {
        if (error instanceof RegistryProblem) {
            throw new BuilderProblem(error.message, error.status >= 500 || error.status === 429);
        }
        throw error;
    }
}
