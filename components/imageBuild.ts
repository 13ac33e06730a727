import * as command from "@pulumi/command";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";

import { type Architecture } from "./architecture";
import { type BuildSettings, type ImageSource, buildConfigSpec } from "./buildConfigSpec";
import { type CommandPlace, commandArgs } from "./commandArgs";
import { identityOf } from "./identity";

/** Arguments for {@link ImageBuild}. */
export interface ImageBuildArgs {
    /** Name of the image, for messages. */
    readonly image: string;
    readonly architecture: Architecture;
    readonly namespace: string;
    /** Name of the ImageStream that the built image goes to. */
    readonly imageStream: string;
    readonly source: ImageSource;
    readonly settings: BuildSettings;
    /** Secret with the credentials for base images. */
    readonly pullSecret: string;
    /** Secret with the credentials for the Git clone. @default none */
    readonly sourceSecret?: string;
    /** Changed to build again although nothing else did. @default none */
    readonly rebuild?: string;
    /** Finished builds whose image is gone, by identity. @default none */
    readonly lost?: ReadonlyMap<string, string>;
    /** Name of the publisher Job that copies the image as soon as it is built. */
    readonly publisher: string;
    /** Where its Commands find their process and the cluster. */
    readonly place: CommandPlace;
}

/** What steps/build/runBuild.ts returns about a finished build. */
export interface BuildResult {
    /** Digest of the image, `sha256:...`, checked against the requested architecture and commit. */
    readonly digest: string;
    readonly commit: string;
    /** Name of the OpenShift Build. */
    readonly build: string;
    /** Seconds from the Build's start to its end. */
    readonly seconds: number;
    /** Whether an earlier run had started the Build. */
    readonly adopted: boolean;
    /** Milliseconds of each of the Build's stages, as OpenShift names them. */
    readonly stages?: Readonly<Record<string, number>>;
}

/** Names one architecture's build by everything that goes into its image; the ref does not: the commit stands for it. */
export function buildIdentity(
    build: Pick<ImageBuildArgs, "architecture" | "source" | "rebuild">,
): string {
    const { architecture, source, rebuild } = build;
    return identityOf({ architecture, source: { ...source, ref: undefined }, rebuild });
}

/**
 * Builds one architecture of an image: a BuildConfig that runs on nodes of that architecture, and the Command that
 * starts a build of one commit and follows it to a checked digest.
 *
 * Nothing but {@link identity} decides whether an image is built again: a finished or running build with the same
 * identity is taken over.
 */
export class ImageBuild extends pulumi.ComponentResource {
    /** Hash of everything that goes into the image. */
    public readonly identity: string;
    /** The finished build. */
    public readonly result: pulumi.Output<BuildResult>;
    /** What is there before the build begins: to depend on the component would be to wait for the build. */
    public readonly buildConfig: pulumi.Resource;

    constructor(name: string, args: ImageBuildArgs, opts?: pulumi.ComponentResourceOptions) {
        super("multiarch:index:ImageBuild", name, {}, opts);

        this.identity = buildIdentity(args);
        const buildConfig = new k8s.apiextensions.CustomResource(
            `${name}-config`,
            {
                apiVersion: "build.openshift.io/v1",
                kind: "BuildConfig",
                metadata: {
                    name,
                    namespace: args.namespace,
                    labels: {
                        // Builds and their pods inherit it. Not the application's own (as in the seed): its Service
                        // would send requests to a build's pod while it runs.
                        app: `${args.image}-build`,
                        "multiarch/architecture": args.architecture,
                    },
                },
                spec: buildConfigSpec(args),
            },
            { parent: this },
        );

        this.buildConfig = buildConfig;

        const lost = args.lost?.get(this.identity);
        const asked = commandArgs("build", args.place, {
            MULTIARCH_IMAGE: args.image,
            MULTIARCH_ARCHITECTURE: args.architecture,
            MULTIARCH_NAMESPACE: args.namespace,
            MULTIARCH_BUILD_CONFIG: name,
            MULTIARCH_IMAGE_STREAM: args.imageStream,
            MULTIARCH_COMMIT: args.source.commit,
            MULTIARCH_IDENTITY: this.identity,
            MULTIARCH_PUBLISHER: args.publisher,
            MULTIARCH_PENDING_TIMEOUT_SECONDS: String(args.settings.pendingTimeoutSeconds),
            MULTIARCH_TIMEOUT_SECONDS: String(args.settings.completionDeadlineSeconds),
        });
        const build = new command.local.Command(
            `${name}-build`,
            // An image that is gone is built again, though Pulumi has its Command down as done.
            lost === undefined ? asked : { ...asked, triggers: [lost] },
            // There is no delete: a finished image is nobody's to take away but the ImageStream's.
            {
                parent: this,
                dependsOn: [buildConfig],
                // What was lost once is no reason to build anything later.
                ignoreChanges: lost === undefined ? ["triggers"] : [],
            },
        );

        this.result = build.stdout.apply((line) => JSON.parse(line) as BuildResult);
        this.registerOutputs({ identity: this.identity, result: this.result });
    }
}
