import type { Container, EnvVar, Pod } from "../objects";
import { decoded, type FileSources, podField } from "./volumes";

/** A container whose variables cannot be had: it waits as CreateContainerConfigError until they can. */
export class ConfigProblem extends Error {}

/** The variables of a container. Throws a {@link ConfigProblem} in the kubelet's words when a Secret or ConfigMap is missing. */
export function environmentOf(
    pod: Pod,
    container: Container,
    sources: FileSources,
): Record<string, string> {
    const env: Record<string, string> = {};
    for (const variable of container.env ?? []) {
        const value = valueOf(variable, pod, sources);
        if (value !== undefined) {
            env[variable.name] = value.replaceAll(
                /\$\(([A-Za-z_][A-Za-z0-9_]*)\)/g,
                (written, name: string) => env[name] ?? written,
            );
        }
    }
    return env;
}

function valueOf({ value, valueFrom }: EnvVar, pod: Pod, sources: FileSources): string | undefined {
    const { namespace = "" } = pod.metadata;
    const { secretKeyRef, configMapKeyRef, fieldRef } = valueFrom ?? {};
    if (fieldRef !== undefined) {
        return podField(pod, fieldRef.fieldPath);
    }
    if (secretKeyRef !== undefined) {
        const { name, key, optional } = secretKeyRef;
        const secret = sources.secret(namespace, name);
        const found = secret && decoded(secret, key);
        return (
            found ??
            missing(
                optional,
                secret === undefined
                    ? `secret "${name}" not found`
                    : `couldn't find key ${key} in Secret ${namespace}/${name}`,
            )
        );
    }
    if (configMapKeyRef !== undefined) {
        const { name, key, optional } = configMapKeyRef;
        const map = sources.configMap(namespace, name);
        return (
            map?.data?.[key] ??
            missing(
                optional,
                map === undefined
                    ? `configmap "${name}" not found`
                    : `couldn't find key ${key} in ConfigMap ${namespace}/${name}`,
            )
        );
    }
    return value ?? "";
}

/** Nothing, where there may be nothing; else throws. */
function missing(optional: boolean | undefined, message: string): string | undefined {
    if (optional === true) {
        return undefined;
    }
    throw new ConfigProblem(message);
}
