import { z } from "zod";

import { section, seconds, text, textByName, uniqueList, whole } from "./fields";
import {
    dataKey,
    dnsLabel,
    envNameAccepted,
    isEnvName,
    labelValue,
    objectName,
    portName,
    resourcesFrom,
} from "./kubernetesNames";

/** The defaults are those of the manifest that this program replaces, deploy-context-api-deployment.yaml. */

const httpPort = 8091;
const metricsPort = 9090;

/** As long as an image's name, which stands for it otherwise. */
const nameLength = 40;

/** A ConfigMap holds at most 1 MiB (k8s.io/api/core/v1, ConfigMap). */
const configMapBytes = 1024 * 1024;

function port() {
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

const probe = section({
    /** Path of the HTTP request, for liveness and readiness alike. */
    path: text('a path that begins with "/"', /^\/[\x21-\x7e]*$/).default("/health"),
    /** Port of the HTTP request: one of `ports`. */
    port: port().default(httpPort),
    /** When a container that does not answer is restarted. */
    liveness: timing(30, 10, 5).prefault({}),
    /** When a container that answers gets requests. */
    readiness: timing(5, 5, 3).prefault({}),
    /**
     * If given (`{}` will do), the container is asked this often until it answers once, and only then as above: it is
     * found ready at once, and not asked every second for the rest of its life.
     */
    startup: timing(0, 1, 3, 60).optional(),
}).prefault({});

const configFile = section({
    /** Absolute path in the container. The file's folder is mounted, and hides what the image has there. */
    path: text(
        'an absolute path in a folder of its own, such as "/etc/context-api/config.yaml"',
        (value) => /^(?:\/[\w.-]+){2,}$/.test(value) && !/\/\.{1,2}(?:\/|$)/.test(value),
    ),
    /** What the file holds, at most 1 MiB; it is stored in a ConfigMap, so no secrets. */
    content: text(
        "text of at most 1 MiB",
        (value) => value !== "" && Buffer.byteLength(value) <= configMapBytes,
    ),
});

/** What runs of an image, and how. */
export const application = section({
    /** Name of the Deployment, the Service and so on, in place of the image's: for two stacks in one namespace. */
    name: dnsLabel(nameLength).optional(),
    /** Number of pods. */
    replicas: whole("a number of pods", 0).default(1),
    /** Ports that the container listens on, each served under the same number by the Service. */
    ports: uniqueList(
        section({
            /** Name of the port, in the container and in the Service. */
            name: portName(),
            /** Number of the port. */
            port: port(),
        }),
        "ports",
        { min: 1, field: "name" },
    ).default([
        { name: "http", port: httpPort },
        { name: "metrics", port: metricsPort },
    ]),
    /** Arguments, in place of the image's CMD. */
    args: z
        .array(z.string({ error: "text in quotes" }), { error: "a list of text" })
        .readonly()
        .optional(),
    /** Environment variables, in plain text. */
    env: textByName(envNameAccepted, isEnvName).optional(),
    /** Environment variables from existing Secrets in the namespace. */
    secretEnv: uniqueList(
        section({
            /** Name of the environment variable. */
            name: text(envNameAccepted, isEnvName),
            /** Name of the Secret. */
            secret: objectName("a Secret"),
            /** Key in the Secret. */
            key: dataKey(),
        }),
        "environment variables",
        { field: "name" },
    ).optional(),
    /** A configuration file for the container. Changing it rolls the pods over. */
    configFile: configFile.optional(),
    /** How the kubelet finds out whether a container is well. */
    probe,
    /** CPU and memory of the container. */
    resources: resourcesFrom({
        requests: { cpu: "100m", memory: "128Mi" },
        limits: { cpu: "500m", memory: "512Mi" },
    }),
    /**
     * Pods that a rollout may start beside the old ones, which serve until as many new ones are ready: a percentage of
     * `replicas`, rounded up. Less takes longer, and less room.
     */
    maxSurge: text('a percentage from "1%" to "100%"', /^(?:100|[1-9]\d?)%$/).default("100%"),
    /** Seconds that a rollout may take; the guide's `oc rollout status --timeout=5m`. */
    rolloutTimeoutSeconds: seconds().default(300),
    /** Existing ServiceAccount that the pods run as. */
    serviceAccount: objectName("a ServiceAccount").default("default"),
    /** Value of the label `part-of` on the application's objects. */
    partOf: labelValue().optional(),
});

/** What runs of an image, and how. */
export type Application = z.output<typeof application>;
