import * as path from "node:path";

import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

/** A folder of the container that is not the image's: exactly one of the four kinds. */
export interface Volume {
    readonly name: string;
    /** Absolute path in the container. */
    readonly path: string;
    /** An empty folder, on disk or in memory, of at most so many bytes. */
    readonly emptyDir?: { readonly sizeLimit?: string; readonly inMemory?: boolean };
    /** Name of a ConfigMap. */
    readonly configMap?: pulumi.Input<string>;
    /** Name of a Secret. */
    readonly secret?: pulumi.Input<string>;
    /** Name of a PersistentVolumeClaim. */
    readonly claim?: pulumi.Input<string>;
    /** Of a claim: whether the container may only read it. @default it may write */
    readonly readOnly?: boolean;
}

/** What a pod mounts beside the file of its application, whose ConfigMap is `configMap`. */
interface Mounted {
    readonly configFile?: { readonly path: string };
    readonly volumes?: readonly Volume[];
}

/** The volumes of a pod; nothing where it has none, as the API drops empty lists. */
export function podVolumes(
    { volumes = [] }: Mounted,
    configMap: pulumi.Input<string> | undefined,
): Pick<k8s.types.input.core.v1.PodSpec, "volumes"> {
    const all = [
        ...(configMap === undefined ? [] : [{ name: "config", configMap: { name: configMap } }]),
        ...volumes.map((volume) => ({ name: volume.name, ...sourceOf(volume) })),
    ];
    return all.length === 0 ? {} : { volumes: all };
}

/** Where a container finds them. */
export function volumeMounts({
    configFile,
    volumes = [],
}: Mounted): Pick<k8s.types.input.core.v1.Container, "volumeMounts"> {
    const all = [
        ...(configFile === undefined
            ? []
            : [
                  {
                      name: "config",
                      mountPath: path.posix.dirname(configFile.path),
                      readOnly: true,
                  },
              ]),
        ...volumes.map(({ name, path: mountPath, configMap, secret, readOnly }) => ({
            name,
            mountPath,
            ...((configMap ?? secret) !== undefined || readOnly === true ? { readOnly: true } : {}),
        })),
    ];
    return all.length === 0 ? {} : { volumeMounts: all };
}

function sourceOf({ emptyDir, configMap, secret, claim }: Volume) {
    if (configMap !== undefined) {
        return { configMap: { name: configMap } };
    }
    if (secret !== undefined) {
        return { secret: { secretName: secret } };
    }
    if (claim !== undefined) {
        return { persistentVolumeClaim: { claimName: claim } };
    }
    return {
        emptyDir: {
            ...(emptyDir?.inMemory === true && { medium: "Memory" }),
            ...(emptyDir?.sizeLimit !== undefined && { sizeLimit: emptyDir.sizeLimit }),
        },
    };
}
