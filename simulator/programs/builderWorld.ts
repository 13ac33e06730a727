/** A commit's files, as the builder's first container fetches them. */
export interface Checkout {
    readonly commit: string;
    readonly author: string;
    readonly date: string;
    /** The first line of the commit's message. */
    readonly message: string;
    /** Contents by path, below the context's folder. */
    readonly files: ReadonlyMap<string, { readonly content: Buffer; readonly mode: number }>;
}

/** What is to be built. */
export interface ImageRequest {
    readonly checkout: Checkout;
    readonly dockerfilePath: string;
    readonly buildArgs: Readonly<Record<string, string>>;
    /** The node's: what a build makes is stamped with it, whatever its arguments say. */
    readonly architecture: string;
    /** What OpenShift adds at the end of a Dockerfile. */
    readonly env: Readonly<Record<string, string>>;
    readonly labels: Readonly<Record<string, string>>;
    /** Docker config files with which bases are pulled. */
    readonly credentials: readonly string[];
    readonly log: (line: string) => void;
}

/** An image that was built and not yet pushed. */
export interface BuiltImage {
    /** The digest of its configuration, by which local storage knows it. */
    readonly id: string;
    /** Digests of its layers. */
    readonly blobs: readonly string[];
    /** Pushes it; resolves with the manifest's digest. Rejects with a {@link BuilderProblem} that `again` says may pass. */
    push(reference: string, credentials: readonly string[]): Promise<string>;
}

/** What goes wrong in a builder, in the words of its tools. */
export class BuilderProblem extends Error {
    constructor(
        message: string,
        /** True where the tools themselves try again, as when nothing answers. */
        readonly again: boolean,
    ) {
        super(message);
    }
}

/** What a builder's containers ask of the world. */
export interface BuilderWorld {
    /** Fetches a commit. Rejects with an Error in Git's words. */
    checkout(request: {
        readonly uri: string;
        readonly ref?: string;
        readonly commit?: string;
        readonly contextDir?: string;
    }): Promise<Checkout>;
    /** Pulls the base images of a Dockerfile. Rejects with a {@link BuilderProblem}. */
    pullBases(request: ImageRequest): Promise<void>;
    /** Builds. Rejects with an Error in buildah's words. */
    build(request: ImageRequest): Promise<BuiltImage>;
}
