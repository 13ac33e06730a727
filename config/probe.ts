import { z } from "zod";

import { choice, section, seconds, text, whole } from "./fields";

/** Port of the manifest that this program replaces, deploy-context-api-deployment.yaml; so are the other defaults here. */
export const httpPort = 8091;

/** The number of a port. */
export function port() {
    return whole("a port", 1, 65535);
}

/** When the kubelet asks, and how often it may be let down. */
function timing(initialDelay: number, period: number, timeout: number, failures = 3) {
    return section({
        /** Seconds from the start of the container to the first request. */
        initialDelaySeconds: seconds(0).default(initialDelay),
        /** Seconds between requests. */
        periodSeconds: seconds().default(period),
        /** Seconds to wait for an answer. */
        timeoutSeconds: seconds().default(timeout),
        /** Failures in a row after which the container is restarted (liveness, startup) or not ready (readiness). */
        failureThreshold: whole("a number of failures", 1).default(failures),
    });
}

/** How the kubelet finds out whether a container is well. */
export const probe = section({
    /**
     * How it asks: by an HTTP request, a TCP connection, the gRPC health protocol, or a command in the container that
     * ends with 0. Rules: k8s.io/api/core/v1, ProbeHandler.
     */
    type: choice(["http", "tcp", "grpc", "exec"]).optional().meta({ default: "http" }),
    /** Path of the HTTP request, for liveness and readiness alike. */
    path: text('a path that begins with "/"', /^\/[\x21-\x7e]*$/).default("/health"),
    /** Port that is asked: one of `ports`. */
    port: port().default(httpPort),
    /** Name of the service that is asked for, of the type `grpc`; without it, the server as a whole. */
    service: text("the name of a gRPC service", /^[\w./-]+$/).optional(),
    /** Program and arguments, of the type `exec`. */
    command: z
        .array(z.string({ error: "text in quotes" }), { error: "a program and its arguments" })
        .min(1, { error: "a program and its arguments" })
        .readonly()
        .optional(),
    /** When a container that does not answer is restarted. */
    liveness: timing(30, 10, 5).prefault({}),
    /** When a container that answers gets requests. */
    readiness: timing(5, 5, 3).prefault({}),
    /**
     * If given (`{}` will do), the container is asked this often until it answers once, and only then as above: it is
     * found ready at once, and not asked every second for the rest of its life.
     */
    startup: timing(0, 1, 3, 60).optional(),
})
    .superRefine(({ type = "http", command, service }, context) => {
        const report = (key: string, message: string) => {
            context.addIssue({ code: "custom", path: [key], message });
        };
        if ((type === "exec") !== (command !== undefined)) {
            report("command", "a program and its arguments with type exec, and none with another");
        }
        if (service !== undefined && type !== "grpc") {
            report("service", "none, as type is not grpc");
        }
    })
    .prefault({});
