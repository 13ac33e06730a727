import * as path from "node:path";

import type { Container, KeyToPath, NamedFiles, Pod, Projection, Volume } from "../objects";
import type { ConfigMap, Secret } from "../workloads";

/** Where a pod's files come from. */
export interface FileSources {
    secret(namespace: string, name: string): Secret | undefined;
    configMap(namespace: string, name: string): ConfigMap | undefined;
    /** The pod as it is now: its annotations are files of the downward API. */
    pod(): Pod;
    /** The token of the pod's ServiceAccount. */
    token(): string;
}

/** A volume that cannot be mounted, and why, in the kubelet's words. */
export interface MountProblem {
    readonly volume: string;
    readonly message: string;
}

const ACCOUNT = "/var/run/secrets/kubernetes.io/serviceaccount";

/** What keeps a pod's volumes from being mounted; empty when nothing does. */
export function mountProblems(pod: Pod, sources: FileSources): MountProblem[] {
    return (pod.spec.volumes ?? []).flatMap((volume) => {
        const problems = projectionsOf(volume).flatMap((it) => problemOf(it, pod, sources) ?? []);
        const [first] = problems;
        if (first === undefined) {
            return [];
        }
        const message = problems.length === 1 ? first : `[${problems.join(", ")}]`;
        return [{ volume: volume.name, message }];
    });
}

/** The content of a file as a container sees it now; undefined where nothing is mounted or the file is not there. */
export function readMounted(
    pod: Pod,
    container: Container,
    file: string,
    sources: FileSources,
): string | undefined {
    if (path.posix.dirname(file) === ACCOUNT) {
        const account = { token: sources.token(), namespace: pod.metadata.namespace };
        return account[path.posix.basename(file) as "token"];
    }
    for (const { name, mountPath, subPath } of container.volumeMounts ?? []) {
        const inside = path.posix.relative(mountPath, file);
        const volume = pod.spec.volumes?.find((it) => it.name === name);
        if (volume === undefined || inside.startsWith("..")) {
            continue;
        }
        const wanted = path.posix.join(subPath ?? "", inside);
        for (const projection of projectionsOf(volume)) {
            const content = contentOf(projection, wanted, pod, sources);
            if (content !== undefined) {
                return content;
            }
        }
    }
    return undefined;
}

/** The value of a field of a pod, such as `metadata.annotations['x']`; empty when it has none. */
export function podField(pod: Pod, fieldPath: string): string {
    const { metadata, spec, status } = pod;
    const [, map, key] = /^metadata\.(labels|annotations)\['(.+)'\]$/.exec(fieldPath) ?? [];
    if (key !== undefined) {
        return metadata[map as "labels" | "annotations"]?.[key] ?? "";
    }
    const fields: Readonly<Record<string, string | undefined>> = {
        "metadata.name": metadata.name,
        "metadata.namespace": metadata.namespace,
        "metadata.uid": metadata.uid,
        "spec.nodeName": spec.nodeName,
        "spec.serviceAccountName": spec.serviceAccountName,
        "status.podIP": status?.podIP,
        "status.hostIP": status?.hostIP,
    };
    return fields[fieldPath] ?? "";
}

/** A Secret's value, in plain text. */
export function decoded(secret: Secret, key: string): string | undefined {
    const value = secret.data?.[key];
    return value === undefined ? undefined : Buffer.from(value, "base64").toString("utf8");
}

function projectionsOf({ secret, configMap, projected, downwardAPI }: Volume): Projection[] {
    return [
        ...(secret === undefined ? [] : [{ secret: { ...secret, name: secret.secretName ?? "" } }]),
        ...(configMap === undefined ? [] : [{ configMap }]),
        ...(downwardAPI === undefined ? [] : [{ downwardAPI }]),
        ...(projected?.sources ?? []),
    ];
}

function problemOf(
    { secret, configMap }: Projection,
    pod: Pod,
    sources: FileSources,
): string | undefined {
    const { namespace = "" } = pod.metadata;
    const missing = (kind: string, files: NamedFiles, data: object | undefined) => {
        const { name = "", optional, items = [] } = files;
        if (optional === true) {
            return undefined;
        }
        if (data === undefined) {
            return `${kind === "config" ? "configmap" : kind} "${name}" not found`;
        }
        const lacks = items.find(({ key }) => !(key in data));
        return lacks === undefined
            ? undefined
            : `references non-existent ${kind} key: ${lacks.key}`;
    };
    if (secret !== undefined) {
        const found = sources.secret(namespace, secret.name ?? "");
        return missing("secret", secret, found && (found.data ?? {}));
    }
    if (configMap !== undefined) {
        const found = sources.configMap(namespace, configMap.name ?? "");
        return missing("config", configMap, found && { ...found.data, ...found.binaryData });
    }
    return undefined;
}

function contentOf(
    { secret, configMap, downwardAPI, serviceAccountToken }: Projection,
    wanted: string,
    pod: Pod,
    sources: FileSources,
): string | undefined {
    const { namespace = "" } = pod.metadata;
    if (secret !== undefined) {
        const found = sources.secret(namespace, secret.name ?? "");
        const key = keyFor(secret.items, wanted);
        return found === undefined || key === undefined ? undefined : decoded(found, key);
    }
    if (configMap !== undefined) {
        const key = keyFor(configMap.items, wanted);
        const found = sources.configMap(namespace, configMap.name ?? "");
        return key === undefined ? undefined : found?.data?.[key];
    }
    if (serviceAccountToken?.path === wanted) {
        return sources.token();
    }
    const item = downwardAPI?.items?.find((it) => it.path === wanted);
    return item?.fieldRef && podField(sources.pod(), item.fieldRef.fieldPath);
}

function keyFor(items: readonly KeyToPath[] | undefined, wanted: string): string | undefined {
    return items === undefined ? wanted : items.find((it) => it.path === wanted)?.key;
}
