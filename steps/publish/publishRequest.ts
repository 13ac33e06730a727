/** One image for all its architectures, as the programs' caller wants it published. */
export interface PublishRequest {
    image: string;
    namespace: string;
    publisher: { job: string; identity: string };
    /** By architecture. */
    digests: Record<string, string>;
    timeoutSeconds: number;
}

/** A published image. */
export interface PublishResult {
    /** Of the manifest list. */
    digest: string;
    immutableTag: string;
    /** The floating tags that name it now. */
    moved: string[];
    /** The floating tags that somebody else moved meanwhile, and what they name. */
    ahead: Record<string, string>;
    seconds: number;
}
