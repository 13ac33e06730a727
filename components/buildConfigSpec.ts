import { type Architecture } from "./architecture";

/** Where an image's contents come from. */
export interface ImageSource {
    /** Git URL, as the cluster reaches it. */
    readonly url: string;
    /** Branch or tag that the commit was resolved from. */
    readonly ref: string;
    /** The commit, 40 hex digits; every architecture is built from it. */
    readonly commit: string;
    /** Folder of the repository that is the build's context. */
    readonly contextDir: string;
    /** Path of the Dockerfile in the context. */
    readonly dockerfilePath: string;
    /** Build arguments beside GOOS and GOARCH. */
    readonly buildArgs: Readonly<Record<string, string>>;
}

/** Requests and limits of a pod, as Kubernetes writes them. */
export interface Resources {
    readonly requests?: Readonly<Record<string, string>>;
    readonly limits?: Readonly<Record<string, string>>;
}

/** How OpenShift runs a build; none of it changes the files of the image. */
export interface BuildSettings {
    readonly runPolicy: string;
    /** `SkipLayers` for one layer on top of the base image, or `None` for one of each instruction. */
    readonly imageOptimizationPolicy: string;
    /** Finished builds that OpenShift keeps. */
    readonly successfulHistory: number;
    /** Failed builds that OpenShift keeps. */
    readonly failedHistory: number;
    /** Seconds after which OpenShift ends a build. */
    readonly completionDeadlineSeconds: number;
    /** Seconds that a build may wait for its pod to start. */
    readonly pendingTimeoutSeconds: number;
    /** Most builds of the stack at a time; others wait for their turn. @default no limit */
    readonly maxConcurrent?: number;
    /** Resources of the build's pod. @default the cluster's */
    readonly resources?: Resources;
}

/**
 * The spec of one architecture's BuildConfig.
 *
 * It has no triggers and leaves out every empty value: OpenShift's API drops those, and the next update would want
 * them back (`triggers: []`, `forcePull: false`).
 */
export function buildConfigSpec(args: {
    readonly architecture: Architecture;
    readonly imageStream: string;
    readonly source: ImageSource;
    readonly settings: BuildSettings;
    readonly pullSecret: string;
    readonly sourceSecret?: string;
}) {
    const { architecture, source, settings } = args;
    const variables = { GOOS: "linux", GOARCH: architecture, ...source.buildArgs };
    return {
        // Without it any node builds, and the image is of the wrong architecture: seen with the seed's manifests.
        nodeSelector: { "kubernetes.io/arch": architecture },
        runPolicy: settings.runPolicy,
        successfulBuildsHistoryLimit: settings.successfulHistory,
        failedBuildsHistoryLimit: settings.failedHistory,
        completionDeadlineSeconds: settings.completionDeadlineSeconds,
        ...(settings.resources === undefined ? {} : { resources: settings.resources }),
        source: {
            type: "Git",
            git: { uri: source.url, ref: source.ref },
            ...(source.contextDir === "." ? {} : { contextDir: source.contextDir }),
            ...(args.sourceSecret === undefined
                ? {}
                : { sourceSecret: { name: args.sourceSecret } }),
        },
        strategy: {
            type: "Docker",
            dockerStrategy: {
                dockerfilePath: source.dockerfilePath,
                pullSecret: { name: args.pullSecret },
                ...(settings.imageOptimizationPolicy === "None"
                    ? {}
                    : { imageOptimizationPolicy: settings.imageOptimizationPolicy }),
                buildArgs: Object.entries(variables).map(([name, value]) => ({ name, value })),
            },
        },
        output: {
            // The seed's names. Everything after the build goes by digest, so the tag may move.
            to: {
                kind: "ImageStreamTag",
                name: `${args.imageStream}:latest-${architecture}`,
            },
        },
    };
}

/**
 * Seconds that a publisher waits for its builds: as long as they may take, and ten times that when builds queue
 * (`maxConcurrent`), a day at most. Not by their number: then a new image in the stack would change the Jobs of all.
 */
export function longestWait(build: BuildSettings): number {
    const longest = build.completionDeadlineSeconds + build.pendingTimeoutSeconds;
    return build.maxConcurrent === undefined ? longest : Math.min(longest * 10, 86_400);
}
