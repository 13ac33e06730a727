import * as pulumi from "@pulumi/pulumi";

import { type Connection } from "../build/http";
import { HttpCluster } from "../build/httpCluster";
import { connectionFromKubeconfig } from "../build/kubeconfig";
import { type BuiltImage, type Config, type DeployedImage } from "../config";
import { builtFrom } from "../imageArgs";
import { describeChange, describeRelease } from "../source/changes";
import { CommitResolver } from "../source/commit";
import { checkDockerfiles } from "../source/dockerfile";
import { checkCluster } from "./cluster";
import { previousBuilds, previousImages } from "./previous";
import { askSourceStack, releasesIn, rememberReleases } from "./releases";
import { refusal } from "../refusal";

/** The commit of each image that is built, and of each that `sourceStack` built, by the image's name. */
export type Commits = ReadonlyMap<string, string>;

/** Finds out what an update needs to know beforehand. */
export type Preparation = (config: Config) => Promise<Commits>;

/**
 * Asks the Git server and the cluster, before anything is changed: each ref is resolved to one commit, for all
 * architectures and images; Dockerfiles, namespace, Secrets, nodes and rights are looked for.
 */
async function askOutside(config: Config): Promise<Commits> {
    const resolver = new CommitResolver();
    const built = config.images.filter((image): image is BuiltImage => image.digest === undefined);
    const sources = async () => {
        const resolved = await Promise.all(
            built.map(async (image) => ({
                ...image,
                url: image.git.url,
                commit: await resolver.resolve(image.git),
            })),
        );
        await checkDockerfiles(resolved);
        return new Map(resolved.map(({ name, commit }) => [name, commit]));
    };
    const cluster = new HttpCluster(connectionTo(config));
    const promoted = config.images.filter(
        (image): image is DeployedImage => image.digest !== undefined,
    );
    const [commits, images, promotedCommits] = await Promise.all([
        sources(),
        previousImages(),
        askSourceStack(config.sourceStack, promoted),
        checkCluster(cluster, config, pulumi.runtime.isDryRun()),
    ]);
    const previous = previousBuilds(images);
    const releases = releasesIn(images);
    rememberReleases(releases);
    for (const image of built) {
        const now = builtFrom(config, image, commits.get(image.name) ?? "");
        await pulumi.log.info(describeChange(image.name, previous.get(image.name), now));
    }
    for (const { name, digest } of promoted) {
        const [last] = releases.get(name) ?? [];
        await pulumi.log.info(describeRelease(name, last?.digest, digest));
    }
    return new Map([...commits, ...promotedCommits]);
}

function connectionTo(config: Config): Connection {
    try {
        return connectionFromKubeconfig(config.kubernetes ?? {});
    } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        throw refusal(`multiarch:kubernetes: ${reason}`);
    }
}

let preparation: Preparation = askOutside;

/** Finds out what an update needs to know beforehand; throws a `RunError` that says what is missing. */
export async function prepare(config: Config): Promise<Commits> {
    return preparation(config);
}

/** Puts something else in its place: the offline plan and unit tests ask nobody. */
export function prepareWith(replacement: Preparation): void {
    preparation = replacement;
}
