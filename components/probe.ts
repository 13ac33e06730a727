import type * as k8s from "@pulumi/kubernetes";

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
    /** By what. @default http */
    readonly type?: "http" | "tcp" | "grpc" | "exec";
    /** HTTP path, e.g. `/health`. */
    readonly path: string;
    readonly port: number;
    /** Of `grpc`: the service that is asked for. @default the server as a whole */
    readonly service?: string;
    /** Of `exec`: program and arguments. @default none */
    readonly command?: readonly string[];
    readonly liveness: ProbeTiming;
    readonly readiness: ProbeTiming;
    /** Until the first answer; the others begin then. @default no such probe */
    readonly startup?: ProbeTiming;
}

/** What a probe does, as the API takes it (k8s.io/api/core/v1, ProbeHandler). */
export function probeHandler({
    type = "http",
    path,
    port,
    service,
    command = [],
}: Probe): Pick<k8s.types.input.core.v1.Probe, "httpGet" | "tcpSocket" | "grpc" | "exec"> {
    switch (type) {
        case "http":
            return { httpGet: { path, port } };
        case "tcp":
            return { tcpSocket: { port } };
        case "grpc":
            return { grpc: { port, ...(service !== undefined && { service }) } };
        case "exec":
            return { exec: { command: [...command] } };
    }
}
