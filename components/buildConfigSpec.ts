import * as pulumi from "@pulumi/pulumi";

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

/** How OpenShift runs a build; none of it changes the image. */
export interface BuildSettings {
    readonly runPolicy: string;
    /** Finished builds that OpenShift keeps. */
    readonly successfulHistory: number;
    /** Failed builds that OpenShift keeps. */
    readonly failedHistory: number;
    /** Seconds after which OpenShift ends a build. */
    readonly completionDeadlineSeconds: number;
    /** Seconds that a build may wait for its pod to start. */
    readonly pendingTimeoutSeconds: number;
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
    readonly imageStream: pulumi.Input<string>;
    readonly source: ImageSource;
    readonly settings: BuildSettings;
    readonly pullSecret: pulumi.Input<string>;
    readonly sourceSecret?: pulumi.Input<string>;
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
                buildArgs: Object.entries(variables).map(([name, value]) => ({ name, value })),
            },
        },
        output: {
            // The seed's names. Everything after the build goes by digest, so the tag may move.
            to: {
                kind: "ImageStreamTag",
                name: pulumi.interpolate`${args.imageStream}:latest-${architecture}`,
            },
        },
    };
}
