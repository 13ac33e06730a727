import { type WantedBuild } from "../steps/build/lostImages";
import type { ApplicationArgs } from "./applicationArgs";
import { type ImageSource } from "./buildConfigSpec";
import { type CommandPlace } from "./commandArgs";
import { type BuildProject, type BuildProjectArgs } from "./buildProject";
import type { MultiArchImageArgs } from "./multiArchImage";
import { type BuiltImage, type Config, type Image } from "../config/loadConfig";
import { buildIdentity } from "./imageBuild";
import { type PublisherAccount } from "./publisherAccount";
import { programNames } from "../steps/publish/publisherScripts";

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

/** What an update found out beforehand, as far as images are declared by it. */
export interface ImageAnswers {
    /** The commit of each image that is built, by the image's name. */
    readonly commits: ReadonlyMap<string, string>;
    /** Finished builds whose image is gone, by identity. */
    readonly lost: ReadonlyMap<string, string>;
    /** File by which Commands find the process that serves them, relative to the project. */
    readonly runFile: string;
}

/** What the images of a stack have in common. */
export interface SharedByImages {
    readonly project: BuildProject;
    /** Nothing where no image is built. */
    readonly account: PublisherAccount | undefined;
    readonly answers: ImageAnswers;
}

/** What the stack's configuration says about one image that is built from a commit. */
export function imageArgs(
    config: Config,
    image: BuiltImage,
    shared: SharedByImages,
): MultiArchImageArgs {
    const { build, publisher } = config;
    const { project, account, answers } = shared;
    return {
        architectures: image.architectures,
        namespace: project.namespace,
        source: imageSource(image, present(answers.commits.get(image.name))),
        destination: image.destination,
        floatingTags: image.tags,
        build: { ...build, resources: image.resources ?? build.resources },
        publisher: {
            ...publisher,
            program: present(account).program,
            programHash: programNames[publisher.tool],
            allow: config.contents.allow,
        },
        serviceAccount: present(account).serviceAccount,
        pushSecret: present(project.pushSecret),
        // The stack's Git credentials are for the stack's repository: another host must not see them.
        sourceSecret:
            image.git.sourceSecret ?? (image.git === config.git ? project.sourceSecret : undefined),
        rebuild: config.rebuild,
        lost: answers.lost,
        place: placeOf(config, answers.runFile),
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
    { project, answers }: Pick<SharedByImages, "project" | "answers">,
    reference: ApplicationArgs["image"],
): ApplicationArgs | undefined {
    return (
        image.application && {
            ...image.application,
            namespace: project.namespace,
            image: reference,
            architectures: image.architectures,
            pullSecret: project.pushSecret,
            place: placeOf(config, answers.runFile),
        }
    );
}

/** Where the stack's Commands find their process and the cluster. */
function placeOf(config: Config, runFile: string): CommandPlace {
    return {
        runFile,
        context: config.kubernetes?.context,
        kubeconfig: config.kubernetes?.kubeconfig,
    };
}

/** For what config/rules.ts and index.ts guarantee: complete credentials, a commit and an account for what is built. */
function present<T>(value: T | undefined): T {
    if (value === undefined) {
        throw new Error("a value is missing that the checks on the configuration promise");
    }
    return value;
}
