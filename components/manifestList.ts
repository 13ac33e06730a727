import * as command from "@pulumi/command";
import * as docker from "@pulumi/docker";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";

import { type CommandPlace, commandArgs } from "./commandArgs";
import { identityOf } from "./identity";
import { type PublishedPlatform, checkPlatforms } from "./platforms";
import { type PublisherSettings, type PublisherWork, publisherJobSpec } from "./publisherJob";

/** Arguments for {@link ManifestList}. */
export interface ManifestListArgs {
    /** Name of the image, for messages. */
    readonly image: string;
    readonly namespace: string;
    readonly settings: PublisherSettings;
    readonly work: PublisherWork;
    /** Digest of each architecture's image, as it was built and checked. */
    readonly digests: pulumi.Input<Record<string, pulumi.Input<string>>>;
    /**
     * What the builds begin with. Pulumi does so many operations at a time: without them, the Jobs of all images would
     * be replaced before the first build begins.
     */
    readonly buildConfigs: readonly pulumi.Resource[];
    /** Where its Commands find their process and the cluster. */
    readonly place: CommandPlace;
}

/** What steps/publish/runPublish.ts returns about a published list. */
interface PublishResult {
    readonly digest: string;
    readonly immutableTag: string;
    readonly moved: string[];
    readonly seconds: number;
}

/** Name of the publisher Job of a manifest list. */
export function publisherJobName(list: string): string {
    return `${list}-publisher`;
}

/** What the publisher's pods are known by: a hash of all that their Job is made of. */
export function publisherIdentity(settings: PublisherSettings, work: PublisherWork): string {
    return identityOf(publisherJobSpec(settings, work));
}

/** Joins the images that were built into one manifest list, publishes it, and reads it back from the registry. */
export class ManifestList extends pulumi.ComponentResource {
    /** Digest of the list, once the registry shows exactly the built images behind it. */
    public readonly digest: pulumi.Output<string>;
    /** Tags that name the list: the immutable one, then the floating ones that were moved. */
    public readonly tags: pulumi.Output<string[]>;
    /** Seconds from the last build's end to the published list. */
    public readonly seconds: pulumi.Output<number>;

    constructor(name: string, args: ManifestListArgs, opts?: pulumi.ComponentResourceOptions) {
        // A component is registered once its inputs are known, and its children after it: with the digests among
        // them, the Job would start when the builds have ended, not beside them.
        super("multiarch:index:ManifestList", name, {}, opts);

        const { digests } = args;
        const { template, ...spec } = publisherJobSpec(args.settings, args.work);
        const identity = identityOf({ template, ...spec });
        // Not the application's own label: its Service would send requests to this pod while it runs.
        const labels = { app: `${args.image}-publisher`, "multiarch/identity": identity };
        const job = new k8s.batch.v1.Job(
            `${name}-job`,
            {
                metadata: {
                    name: publisherJobName(name),
                    namespace: args.namespace,
                    labels,
                    annotations: {
                        // Ready once it exists: the Command below waits for its pods, and says more than the provider
                        // could. (With skipAwait the provider would not wait for a deletion either.)
                        "pulumi.com/waitFor": "jsonpath={.metadata.uid}",
                        // A Job that failed is started anew by the next update.
                        "pulumi.com/replaceUnready": "true",
                    },
                },
                spec: {
                    ...spec,
                    template: {
                        ...template,
                        metadata: {
                            ...template.metadata,
                            labels: { ...template.metadata.labels, ...labels },
                        },
                    },
                },
            },
            // The old Job goes first: its pods would compete for the same name.
            { parent: this, deleteBeforeReplace: true, dependsOn: [...args.buildConfigs] },
        );

        const publish = new command.local.Command(
            `${name}-publish`,
            commandArgs("publish", args.place, {
                MULTIARCH_IMAGE: args.image,
                MULTIARCH_NAMESPACE: args.namespace,
                MULTIARCH_PUBLISHER: publisherJobName(name),
                MULTIARCH_PUBLISHER_IDENTITY: identity,
                MULTIARCH_DIGESTS: pulumi.jsonStringify(digests),
                MULTIARCH_TIMEOUT_SECONDS: String(args.settings.timeoutSeconds),
            }),
            // There is no delete: a published image is never taken back.
            { parent: this, dependsOn: [job] },
        );
        const published = publish.stdout.apply((line) => JSON.parse(line) as PublishResult);

        const reference = pulumi.interpolate`${args.work.destination}:${published.immutableTag}@${published.digest}`;
        const registry = docker.getRegistryImageManifestsOutput(
            { name: reference },
            { parent: this },
        );
        this.digest = pulumi
            .all([published.digest, reference, registry.manifests, digests])
            .apply(([digest, named, found, built]) => {
                checkPlatforms(named, found satisfies PublishedPlatform[], built);
                return digest;
            });
        this.tags = published.apply(({ immutableTag, moved }) => [immutableTag, ...moved]);
        this.seconds = published.seconds;
        this.registerOutputs({ digest: this.digest, tags: this.tags, seconds: this.seconds });
    }
}
