/** A named port that the application listens on. */
export interface Port {
    readonly name: string;
    readonly port: number;
}

/** When the kubelet asks the application how it is: all in seconds, and failures in a row that count. */
export interface ProbeTiming {
    readonly initialDelaySeconds: number;
    readonly periodSeconds: number;
    readonly timeoutSeconds: number;
    readonly failureThreshold: number;
}

/** How the kubelet asks. */
export interface Probe {
    /** HTTP path, e.g. `/health`. */
    readonly path: string;
    readonly port: number;
    readonly liveness: ProbeTiming;
    readonly readiness: ProbeTiming;
    /** Until the first answer; the others begin then. @default no such probe */
    readonly startup?: ProbeTiming;
}
