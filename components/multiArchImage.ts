import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";

import { type Architecture } from "./architecture";
import { type CommandPlace } from "./commandArgs";
import { type BuildSettings, type ImageSource, longestWait } from "./buildConfigSpec";
import { type BuildHistory, historiesOf } from "./buildHistory";
import { ImageBuild, buildIdentity } from "./imageBuild";
import { ManifestList, publisherJobName } from "./manifestList";
import { type PublisherSettings, type PublisherWork } from "./publisherJob";

/** Arguments for {@link MultiArchImage}. */
export interface MultiArchImageArgs {
    /** Architectures to build, each on nodes of its own. */
    readonly architectures: readonly Architecture[];
    readonly namespace: string;
    readonly source: ImageSource;
    /** Repository that the manifest list is pushed to, without a tag. */
    readonly destination: string;
    /** Tags that move to the new list, beside the immutable one. */
    readonly floatingTags: readonly string[];
    readonly build: BuildSettings;
    readonly publisher: PublisherSettings;
    /** ServiceAccount of the publisher's Job. */
    readonly serviceAccount: string;
    /** Secret with the registry's credentials. */
    readonly pushSecret: string;
    /** Secret with the credentials for the Git clone. @default none */
    readonly sourceSecret?: string;
    /** Changed to build again although nothing else did. @default none */
    readonly rebuild?: string;
    /** Finished builds whose image is gone, by identity: they are run again. @default none */
    readonly lost?: ReadonlyMap<string, string>;
    /** Where its Commands find their process and the cluster. */
    readonly place: CommandPlace;
}

/**
 * An image for several architectures, built from one commit and published as one manifest list.
 *
 * All architectures are built at the same time; each crosses to the destination as soon as its own build has ended,
 * and the list is written when all have.
 *
 * It depends on what the images share by `dependsOn`; its parts are registered after it, and so after that.
 */
export class MultiArchImage extends pulumi.ComponentResource {
    /** Digest of the published and verified list. */
    public readonly digest: pulumi.Output<string>;
    /** Digest of each architecture's image. */
    public readonly platforms: pulumi.Output<Record<string, string>>;
    /** How each architecture was built; what came of it is in `platforms`. */
    public readonly builds: pulumi.Output<Record<string, BuildHistory>>;
    /** Tags that name the list: the immutable one first. */
    public readonly tags: pulumi.Output<string[]>;
    /** Seconds from the last build's end to the published list. */
    public readonly publishSeconds: pulumi.Output<number>;

    constructor(name: string, args: MultiArchImageArgs, opts?: pulumi.ComponentResourceOptions) {
        super("multiarch:index:MultiArchImage", name, {}, opts);

        const { namespace, publisher } = args;
        const stream = new k8s.apiextensions.CustomResource(
            `${name}-stream`,
            {
                apiVersion: "image.openshift.io/v1",
                kind: "ImageStream",
                metadata: { name, namespace, labels: { app: name } },
                // No tags: the builds' pushes write them.
                spec: { lookupPolicy: { local: false } },
            },
            { parent: this },
        );
        const work: PublisherWork = {
            builds: args.architectures.map((architecture) => ({
                architecture,
                identity: buildIdentity({ ...args, architecture }),
            })),
            source: `${publisher.internalRegistry}/${namespace}/${name}`,
            destination: args.destination,
            commit: args.source.commit,
            floatingTags: args.floatingTags,
            serviceAccount: args.serviceAccount,
            pushSecret: args.pushSecret,
            waitSeconds: longestWait(args.build),
        };

        const builds = args.architectures.map((architecture) => {
            const build = new ImageBuild(
                `${name}-${architecture}`,
                {
                    image: name,
                    architecture,
                    namespace,
                    imageStream: name,
                    source: args.source,
                    settings: args.build,
                    pullSecret: args.pushSecret,
                    sourceSecret: args.sourceSecret,
                    rebuild: args.rebuild,
                    lost: args.lost,
                    publisher: publisherJobName(name),
                    place: args.place,
                },
                { parent: this, dependsOn: [stream] },
            );
            return { architecture, build };
        });
        const results = builds.map(
            ({ architecture, build }) => [architecture, build.result] as const,
        );
        this.builds = pulumi.output(Object.fromEntries(results)).apply(historiesOf);
        this.platforms = pulumi.output(
            Object.fromEntries(
                results.map(([architecture, result]) => [architecture, result.digest]),
            ),
        );
        const list = new ManifestList(
            name,
            {
                image: name,
                namespace,
                settings: publisher,
                work,
                digests: this.platforms,
                buildConfigs: builds.map(({ build }) => build.buildConfig),
                place: args.place,
            },
            { parent: this },
        );

        this.digest = list.digest;
        this.tags = list.tags;
        this.publishSeconds = list.seconds;
        this.registerOutputs({
            digest: this.digest,
            platforms: this.platforms,
            builds: this.builds,
            tags: this.tags,
            publishSeconds: this.publishSeconds,
        });
    }
}
