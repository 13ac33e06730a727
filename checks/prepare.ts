import * as pulumi from "@pulumi/pulumi";

import { type Connection } from "../cluster/http";
import { HttpCluster } from "../cluster/httpCluster";
import { connectionFromKubeconfig } from "../cluster/kubeconfig";
import { type BuiltImage, type Config, type DeployedImage } from "../config/loadConfig";
import { builtFrom } from "../components/builtFrom";
import { wantedBuilds } from "../components/imageArgs";
import type { Answers } from "./answers";
import { describeChange, describeRelease, isBuilt } from "./source/changes";
import { CommitResolver } from "./source/commit";
import { checkDockerfiles } from "./source/dockerfile";
import type { GitLogin } from "./source/git";
import { checkBases } from "./bases";
import { checkCluster } from "./clusterChecks";
import { lostBuilds } from "./lost";
import { previousBuilds, previousOutputs } from "./previous";
import { accountOf, checkRegistry } from "./registryChecks";
import { askSourceStack, releasesIn } from "./releases";
import { refusal } from "../config/refusal";
import { runFile, serve } from "./serve";
import { refuseUndeclared, stateResources } from "./undeclared";

/**
 * Asks the Git server and the cluster, before anything is changed: each ref is resolved to one commit, for all
 * architectures and images; Dockerfiles, namespace, Secrets, nodes and rights are looked for. Throws a `RunError` that
 * says what is missing.
 */
export async function prepare(config: Config, startProviders: () => void): Promise<Answers> {
    const resolver = new CommitResolver();
    const cluster = new HttpCluster(connectionTo(config));
    const previous = previousOutputs();
    const declared = stateResources().then((resources) => {
        refuseUndeclared(config, resources);
    });
    const isPreview = pulumi.runtime.isDryRun();
    const asked = checkCluster(cluster, config, isPreview);
    void previous.then(({ images }) => {
        // Their plugins start beside these questions. Not in a stack's first update, where what is refused shall leave
        // nothing behind, and not before a Secret with the registry's account was read.
        if (images !== undefined && config.registry.pushSecret === undefined) {
            startProviders();
        }
    });
    const built = config.images.filter((image): image is BuiltImage => image.digest === undefined);
    const sources = async () => {
        const login = await gitLogin(config);
        const resolved = await Promise.all(
            built.map(async (image) => {
                // As in the cluster: the account is for the stack's repository, no other host must see it.
                const source = {
                    ...image.git,
                    login: image.git === config.git ? login : undefined,
                };
                const own = `multiarch:images[${config.images.indexOf(image)}]`;
                const gitKey = image.git === config.git ? "multiarch:git" : `${own}.git`;
                const commit = await resolver.resolve({ ...source, key: gitKey });
                return { ...image, ...source, commit, key: `${own}.dockerfilePath`, image };
            }),
        );
        const before = previousBuilds((await previous).images);
        const building = resolved.filter(({ image, commit }) => {
            const now = builtFrom(config, image, commit);
            return !isBuilt(before.get(image.name), now);
        });
        await Promise.all([
            checkDockerfiles(resolved),
            checkBases(building, async (host) => {
                // Asked first: the cluster may have the account, which is for that host and no other.
                const account = await asked;
                return host === config.registry.server ? accountOf(config, account) : undefined;
            }),
            // The cluster may have the account. What is built already needs none.
            asked.then((account) =>
                isPreview
                    ? undefined
                    : checkRegistry(
                          config,
                          building.map(({ image }) => image),
                          account,
                      ),
            ),
        ]);
        const wanted = building.flatMap(({ image, commit }) => wantedBuilds(config, image, commit));
        const lost = await lostBuilds(cluster, config.namespace.name, wanted);
        return { commits: new Map(resolved.map(({ name, commit }) => [name, commit])), lost };
    };
    const promoted = config.images.filter(
        (image): image is DeployedImage => image.digest !== undefined,
    );
    const [{ commits, lost }, before, promotedCommits, account] = await Promise.all([
        sources(),
        previous,
        askSourceStack(config.sourceStack, promoted),
        asked,
        declared,
    ]);
    const builds = previousBuilds(before.images);
    const releases = releasesIn(before);
    for (const image of built) {
        const now = builtFrom(config, image, commits.get(image.name) ?? "");
        tell(describeChange(image.name, builds.get(image.name), now));
    }
    for (const { name, digest } of promoted) {
        const [last] = releases.get(name) ?? [];
        tell(describeRelease(name, last?.digest, digest));
    }
    const file = runFile(config);
    if (!isPreview) {
        await serve(config, file);
    }
    return {
        commits: new Map([...commits, ...promotedCommits]),
        lost,
        releases,
        account,
        runFile: file,
    };
}

/** Says something in the order in which it is told, without waiting for each line of a fleet to be taken. */
function tell(text: string): void {
    // Pulumi waits for it at the end, and without an engine nobody would hear of the failure either.
    pulumi.log.info(text).catch(() => undefined);
}

/** The account of the stack's repository, when it has one: the cluster clones with it, so it is tried here first. */
async function gitLogin(config: Config): Promise<GitLogin | undefined> {
    const { git, gitUsername: username, gitPassword } = config;
    if (git === undefined || username === undefined || gitPassword === undefined) {
        return undefined;
    }
    const password = await new Promise<string>((resolve) => {
        gitPassword.apply(resolve);
    });
    return { url: git.url, username, password };
}

function connectionTo(config: Config): Connection {
    try {
        return connectionFromKubeconfig(config.kubernetes ?? {});
    } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        throw refusal(`multiarch:kubernetes: ${reason}`);
    }
}
