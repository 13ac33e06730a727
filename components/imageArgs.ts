import { type WantedBuild } from "../steps/build/lostImages";
import type { ApplicationArgs } from "./applicationArgs";
import { type ImageSource } from "./buildConfigSpec";
import { type CommandPlace } from "./commandArgs";
import { type BuildProject, type BuildProjectArgs } from "./buildProject";
import { MultiArchImage, type MultiArchImageArgs } from "./multiArchImage";
import { type BuiltImage, type Config, type Image } from "../config/loadConfig";
import { identityOf } from "./identity";
import { buildIdentity } from "./imageBuild";
import { type PromotedImage } from "./promotedImage";
import { type PublisherAccount } from "./publisherAccount";
import { type BuiltFrom } from "../checks/source/changes";
import { lostBuilds } from "../checks/lost";
import { earlierReleases } from "../checks/releases";
import { runFile } from "../checks/serve";
import { publisherScripts } from "../steps/publish/publisherScripts";

/** What the stack's configuration says about the things that its images share. */
export function projectArgs(config: Config): BuildProjectArgs {
    const { namespace, registry, gitUsername, gitPassword, registryPassword } = config;
    return {
        namespace: namespace.name,
        createNamespace: namespace.create,
        registry: registry.server,
        // A stack that only deploys from a public registry needs none.
        registryCredentials:
            registry.pushSecret ??
            (registry.username === undefined
                ? undefined
                : { username: registry.username, password: present(registryPassword) }),
        ...(gitUsername !== undefined && {
            gitCredentials: { username: gitUsername, password: present(gitPassword) },
        }),
    };
}

/** What the stack's configuration says about one image that is built from a commit. */
export function imageArgs(
    config: Config,
    image: BuiltImage,
    commit: string | undefined,
    project: BuildProject,
    account: PublisherAccount | undefined,
): MultiArchImageArgs {
    const { build, publisher } = config;
    return {
        architectures: image.architectures,
        namespace: project.namespace,
        source: imageSource(image, present(commit)),
        destination: image.destination,
        floatingTags: image.tags,
        build: { ...build, resources: image.resources ?? build.resources },
        publisher: {
            ...publisher,
            program: present(account).program,
            programHash: identityOf({ program: publisherScripts[publisher.tool] }),
        },
        serviceAccount: present(account).serviceAccount,
        pushSecret: present(project.pushSecret),
        // The stack's Git credentials are for the stack's repository: another host must not see them.
        sourceSecret:
            image.git.sourceSecret ?? (image.git === config.git ? project.sourceSecret : undefined),
        rebuild: config.rebuild,
        lost: lostBuilds(),
        place: placeOf(config),
    };
}

/** Where one image's contents come from. */
function imageSource(image: BuiltImage, commit: string): ImageSource {
    const { git, contextDir, dockerfilePath, buildArgs } = image;
    return { url: git.url, ref: git.ref, commit, contextDir, dockerfilePath, buildArgs };
}

/** One build for each architecture of an image. */
export function wantedBuilds(config: Config, image: BuiltImage, commit: string): WantedBuild[] {
    const source = imageSource(image, commit);
    return image.architectures.map((architecture) => ({
        imageStream: image.name,
        identity: buildIdentity({ architecture, source, rebuild: config.rebuild }),
    }));
}

/** What the stack's configuration says about the service that runs an image; nothing when it is only built. */
export function applicationArgs(
    config: Config,
    image: Image,
    project: BuildProject,
    reference: ApplicationArgs["image"],
): ApplicationArgs | undefined {
    return (
        image.application && {
            ...image.application,
            namespace: project.namespace,
            image: reference,
            architectures: image.architectures,
            pullSecret: project.pushSecret,
            place: placeOf(config),
        }
    );
}

/** Where the stack's Commands find their process and the cluster. */
function placeOf(config: Config): CommandPlace {
    return {
        runFile: runFile(config),
        context: config.kubernetes?.context,
        kubeconfig: config.kubernetes?.kubeconfig,
    };
}

/** What an image is built from, for the stack's outputs and for the next update to compare with. */
export function builtFrom(config: Config, image: BuiltImage, commit: string): BuiltFrom {
    return {
        commit,
        url: image.git.url,
        contextDir: image.contextDir,
        dockerfilePath: image.dockerfilePath,
        buildArgs: image.buildArgs,
        architectures: image.architectures,
        rebuild: config.rebuild ?? "",
    };
}

/** What a stack's outputs say about where an image comes from; of one that another stack built, the commit if known. */
export function source(config: Config, image: Image, commit: string | undefined) {
    return image.digest === undefined
        ? { commit, builtFrom: builtFrom(config, image, present(commit)) }
        : { ...(commit !== undefined && { commit }) };
}

/** What a stack's outputs say about an image beside its reference and its service. */
export function outputs(
    config: Config,
    image: Image,
    commit: string | undefined,
    published: MultiArchImage | PromotedImage,
) {
    return {
        ...summary(published),
        ...source(config, image, commit),
        ...earlierReleases(image.name, published.digest),
    };
}

function summary(image: MultiArchImage | PromotedImage) {
    const { digest, platforms } = image;
    return image instanceof MultiArchImage
        ? {
              digest,
              platforms,
              tags: image.tags,
              builds: image.builds,
              publishSeconds: image.publishSeconds,
          }
        : { digest, platforms };
}

/** For what config/rules.ts and index.ts guarantee: complete credentials, a commit and an account for what is built. */
function present<T>(value: T | undefined): T {
    if (value === undefined) {
        throw new Error("a value is missing that the checks on the configuration promise");
    }
    return value;
}
