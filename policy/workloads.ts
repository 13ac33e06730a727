import { at, entriesOf, listOf, type Resource } from "./values";

/** A container of a workload. */
export interface Container {
    /** Path in the resource, e.g. `spec.template.spec.containers[0]`. */
    readonly path: string;
    /** Whether it runs beside the others for as long as the pod, not before them. */
    readonly main: boolean;
    readonly spec: Readonly<Record<string, unknown>>;
}

/** The pod that a workload runs. */
export interface Pod {
    readonly path: string;
    readonly spec: Readonly<Record<string, unknown>>;
    readonly containers: readonly Container[];
    /** Whether it is to end: a Job's. */
    readonly ends: boolean;
}

const TEMPLATE = ["spec", "template", "spec"];

/** Where each kind has the spec of its pods. */
const POD_SPECS: Readonly<Record<string, readonly string[]>> = {
    CronJob: ["spec", "jobTemplate", ...TEMPLATE],
    DaemonSet: TEMPLATE,
    Deployment: TEMPLATE,
    DeploymentConfig: TEMPLATE,
    Job: TEMPLATE,
    Pod: ["spec"],
    ReplicaSet: TEMPLATE,
    ReplicationController: TEMPLATE,
    StatefulSet: TEMPLATE,
};

/** Kind of a Kubernetes object, also of one that is patched; nothing for other resources. */
export function kindOf({ type }: Resource): string | undefined {
    return /^kubernetes:.+:(\w+?)(?:Patch)?$/.exec(type)?.[1];
}

/** The pod that the resource runs, when it is a workload. */
export function podOf(resource: Resource): Pod | undefined {
    const kind = kindOf(resource) ?? "";
    const keys = Object.hasOwn(POD_SPECS, kind) ? POD_SPECS[kind] : undefined;
    if (keys === undefined) {
        return undefined;
    }
    const spec = entriesOf(at(resource.props, ...keys));
    const path = keys.join(".");
    const containers = ["containers", "initContainers", "ephemeralContainers"].flatMap((list) =>
        listOf(spec[list]).map((container, index) => ({
            path: `${path}.${list}[${index}]`,
            main: list === "containers",
            spec: entriesOf(container),
        })),
    );
    return { path, spec, containers, ends: kind === "Job" || kind === "CronJob" };
}

/** Whether the resource is the Job of a ManifestList (components/manifestList.ts). */
export function isPublisherJob({ urn }: Resource): boolean {
    return (
        urn.split("::")[2]?.endsWith("multiarch:index:ManifestList$kubernetes:batch/v1:Job") ??
        false
    );
}
