import { type Resource } from "../../policy/values";

/** An image by digest. */
export const IMAGE = `quay.io/shop/api@sha256:${"a".repeat(64)}`;

/** A container that every rule accepts, with changes. */
export function container(changes: object = {}) {
    const probe = { httpGet: { path: "/health", port: 8080 } };
    const amounts = { cpu: "100m", memory: "128Mi" };
    return {
        name: "api",
        image: IMAGE,
        readinessProbe: probe,
        livenessProbe: probe,
        resources: { requests: amounts, limits: amounts },
        securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
        ...changes,
    };
}

/** Type tokens of the kinds that run pods. */
export const WORKLOADS = {
    CronJob: "kubernetes:batch/v1:CronJob",
    DaemonSet: "kubernetes:apps/v1:DaemonSet",
    Deployment: "kubernetes:apps/v1:Deployment",
    DeploymentConfig: "kubernetes:apps.openshift.io/v1:DeploymentConfig",
    DeploymentPatch: "kubernetes:apps/v1:DeploymentPatch",
    Job: "kubernetes:batch/v1:Job",
    Pod: "kubernetes:core/v1:Pod",
    ReplicaSet: "kubernetes:apps/v1:ReplicaSet",
    StatefulSet: "kubernetes:apps/v1:StatefulSet",
} as const;

/** A workload with these containers, and more in its pod's spec. */
export function workload(
    kind: keyof typeof WORKLOADS,
    containers: readonly unknown[],
    pod: object = {},
): Resource {
    const spec = { ...pod, containers };
    const template = { spec: { template: { spec } } };
    const props =
        kind === "Pod"
            ? { spec }
            : kind === "CronJob"
              ? { spec: { jobTemplate: template } }
              : template;
    return resource(WORKLOADS[kind], "api", props);
}

/** A Deployment of one container, with changes to it. */
export function deployment(changes: object = {}): Resource {
    return workload("Deployment", [container(changes)]);
}

/** Any resource. */
export function resource(
    type: string,
    name: string,
    props: unknown,
    more: { readonly parents?: string; readonly secrets?: ReadonlySet<string> } = {},
): Resource {
    const types = more.parents === undefined ? type : `${more.parents}$${type}`;
    return {
        type,
        name,
        urn: `urn:pulumi:test::multiarch::${types}::${name}`,
        props,
        secrets: more.secrets,
    };
}

/** Path of the first container of a Deployment. */
export const FIRST = "spec.template.spec.containers[0]";
