import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";

import { type Architecture } from "./architecture";
import { checkArchitectures } from "./platforms";

/** Arguments for {@link PromotedImage}. */
export interface PromotedImageArgs {
    /** Repository of the manifest list, without a tag. */
    readonly destination: string;
    /** Digest of the list, from the stack that built it. */
    readonly digest: string;
    /** Architectures that the list must hold, these and no others. */
    readonly architectures: readonly Architecture[];
}

/** An image that another stack built: nothing is built here, only read back from the registry. */
export class PromotedImage extends pulumi.ComponentResource {
    /** Digest of the list, once the registry shows it with the right platforms. */
    public readonly digest: pulumi.Output<string>;
    /** Digest of each architecture's image. */
    public readonly platforms: pulumi.Output<Record<string, string>>;

    constructor(name: string, args: PromotedImageArgs, opts?: pulumi.ComponentResourceOptions) {
        super("multiarch:index:PromotedImage", name, {}, opts);

        // The provider wants a tag before the digest; it reads by the digest alone.
        const reference = `${args.destination}:promoted@${args.digest}`;
        const { manifests } = docker.getRegistryImageManifestsOutput(
            { name: reference },
            { parent: this },
        );
        this.platforms = manifests.apply((found) =>
            checkArchitectures(reference, found, args.architectures),
        );
        this.digest = this.platforms.apply(() => args.digest);
        this.registerOutputs({ digest: this.digest, platforms: this.platforms });
    }
}
