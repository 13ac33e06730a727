import { z } from "zod";

import { environmentSources } from "./environmentSources";
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
import { httpPort, port, probe } from "./probe";
import { word } from "./word";
import { volumes } from "./volumes";

/** The defaults are those of the manifest that this program replaces, deploy-context-api-deployment.yaml. */

const metricsPort = 9090;

/** As long as an image's name, which stands for it otherwise. */
const nameLength = 40;

/** A ConfigMap holds at most 1 MiB (k8s.io/api/core/v1, ConfigMap). */
const configMapBytes = 1024 * 1024;

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
    /** Environment variables from all keys of existing ConfigMaps and Secrets; `env` and `secretEnv` go before them. */
    envFrom: environmentSources.optional(),
    /** What is mounted into the container beside `configFile`. */
    volumes: volumes.optional(),
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
    /** Any word; a new one rolls the same digest again, as the guide's `oc rollout restart` did. */
    restart: word.optional(),
    /** Seconds that a rollout may take; the guide's `oc rollout status --timeout=5m`. */
    rolloutTimeoutSeconds: seconds().default(300),
    /** Existing ServiceAccount that the pods run as. */
    serviceAccount: objectName("a ServiceAccount").default("default"),
    /** Value of the label `part-of` on the application's objects. */
    partOf: labelValue().optional(),
});

/** What runs of an image, and how. */
export type Application = z.output<typeof application>;
