/** One image for one architecture, as the programs' caller wants it. */
export interface BuildRequest {
    image: string;
    architecture: string;
    namespace: string;
    buildConfig: string;
    imageStream: string;
    commit: string;
    /** A hash of everything that goes into this image on this architecture. */
    identity: string;
    /** The Job that waits for the digest, if there is one. */
    publisher: string | undefined;
    pendingTimeoutSeconds: number;
    timeoutSeconds: number;
    /** Below it, each build's log has its file. */
    logDirectory: string;
}

/** A finished and checked build. */
export interface BuildResult {
    digest: string;
    commit: string;
    build: string;
    architecture: string;
    seconds: number;
    adopted: boolean;
    /** Milliseconds of each stage. */
    stages: Record<string, number>;
}
