import { z } from "zod";

import { flag, section, text, uniqueList } from "./fields";
import { dnsLabel, memory, objectName } from "./kubernetesNames";

/** What each kind of volume is of. */
const kinds = ["emptyDir", "configMap", "secret", "claim"] as const;

/** Folders that the kernel and the kubelet have for themselves: a container does not start, or not work, without them. */
const reserved = ["/proc", "/sys", "/dev", "/var/run/secrets", "/run/secrets"];

/** Whether a volume may be mounted there: an absolute path without `..` and `:`, outside of what is reserved. */
export function isMountPath(path: string, taken: readonly string[] = reserved): boolean {
    return (
        /^(?:\/[^/:\s\p{C}]+)+$/u.test(path) &&
        !/\/\.{1,2}(?:\/|$)/.test(path) &&
        !taken.some((folder) => path === folder || path.startsWith(`${folder}/`))
    );
}

/** A folder of the container that is not the image's. */
const volume = section({
    /** Name of the volume. `config` is that of `configFile`. */
    name: dnsLabel().refine((name) => name !== "config", {
        error: "another name than config, which is that of configFile",
    }),
    /** Absolute path in the container; what the image has there is hidden. */
    path: text(
        `an absolute path without "..", ":" and a "/" at its end, outside of ${reserved.join(", ")}`,
        (path) => isMountPath(path),
    ),
    /** An empty folder that goes with its pod (`{}` will do). */
    emptyDir: section({
        /** Bytes after which the pod is ended, e.g. `1Gi`. */
        sizeLimit: memory.optional(),
        /** Whether it is in memory, where it counts against the container's limit. */
        inMemory: flag().optional(),
    }).optional(),
    /** Name of an existing ConfigMap, whose keys are the files. */
    configMap: objectName("a ConfigMap").optional(),
    /** Name of an existing Secret, whose keys are the files. */
    secret: objectName("a Secret").optional(),
    /** Name of an existing PersistentVolumeClaim; more than one pod takes one that several nodes may mount. */
    claim: objectName("a PersistentVolumeClaim").optional(),
    /** Whether the container may only read a `claim`; it may never write to a ConfigMap or a Secret. */
    readOnly: flag().optional(),
}).superRefine((given, context) => {
    if (kinds.filter((kind) => given[kind] !== undefined).length !== 1) {
        context.addIssue({ code: "custom", message: `exactly one of ${kinds.join(", ")}` });
    }
    if (given.readOnly !== undefined && given.claim === undefined) {
        context.addIssue({
            code: "custom",
            path: ["readOnly"],
            message: "none, as it is for a claim alone",
        });
    }
});

/** What is mounted into a container. */
export const volumes = uniqueList(volume, "volumes", { field: "name" });

/** What is mounted into a container. */
export type Volumes = z.output<typeof volumes>;
