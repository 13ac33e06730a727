import { asJson, at } from "./json";
import type { Json } from "./types";

/** A kind of objects, and what is particular about it. */
export interface Kind {
    /** Empty for the core group. */
    readonly group: string;
    readonly version: string;
    /** As in a path: `pods`. */
    readonly plural: string;
    /** As in an object: `Pod`. */
    readonly kind: string;
    readonly namespaced: boolean;
    readonly shortNames: readonly string[];
    /** Whether its status is written through `/status` alone. */
    readonly status: boolean;
    /** Whether an object can be created with a status. */
    readonly bornWithStatus: boolean;
    /** Fields, beside metadata's, that lists can be selected by, and where they are. */
    readonly fields: Readonly<Record<string, (object: Json) => unknown>>;
}

const path =
    (...keys: string[]) =>
    (object: Json) =>
        at(object, ...keys);

const paths = (...fields: string[]) =>
    Object.fromEntries(fields.map((field) => [field, path(...field.split("."))]));

interface Particular {
    readonly cluster?: boolean;
    readonly short?: readonly string[];
    readonly status?: boolean;
    readonly born?: boolean;
    readonly fields?: Kind["fields"];
}

function row(
    group: string,
    version: string,
    plural: string,
    kind: string,
    { cluster = false, short = [], status = false, born = false, fields = {} }: Particular = {},
): Kind {
    return {
        group,
        version,
        plural,
        kind,
        namespaced: !cluster,
        shortNames: short,
        status,
        bornWithStatus: born || !status,
        fields,
    };
}

const EVENT_FIELDS = {
    ...paths(
        ...["kind", "namespace", "name", "uid", "apiVersion", "resourceVersion", "fieldPath"].map(
            (it) => `involvedObject.${it}`,
        ),
        "reason",
        "reportingComponent",
        "type",
    ),
    source: path("source", "component"),
};

const POD_FIELDS = {
    ...paths(
        ...["nodeName", "restartPolicy", "schedulerName", "serviceAccountName"].map(
            (it) => `spec.${it}`,
        ),
        ...["phase", "podIP", "nominatedNodeName"].map((it) => `status.${it}`),
    ),
    "spec.hostNetwork": (object: Json) => asJson(object["spec"])["hostNetwork"] ?? false,
};

/** The kinds that the simulated cluster has (fields: Kubernetes 1.36, OpenShift 4.21). */
export const KINDS: readonly Kind[] = [
    row("", "v1", "namespaces", "Namespace", {
        cluster: true,
        short: ["ns"],
        status: true,
        fields: paths("status.phase"),
    }),
    row("", "v1", "nodes", "Node", {
        cluster: true,
        short: ["no"],
        status: true,
        born: true,
        fields: {
            "spec.unschedulable": (it) => asJson(it["spec"])["unschedulable"] ?? false,
        },
    }),
    row("", "v1", "pods", "Pod", { short: ["po"], status: true, fields: POD_FIELDS }),
    row("", "v1", "services", "Service", {
        short: ["svc"],
        status: true,
        fields: paths("spec.clusterIP", "spec.type"),
    }),
    row("", "v1", "serviceaccounts", "ServiceAccount", { short: ["sa"] }),
    row("", "v1", "secrets", "Secret", { fields: paths("type") }),
    row("", "v1", "configmaps", "ConfigMap", { short: ["cm"] }),
    row("", "v1", "events", "Event", { short: ["ev"], fields: EVENT_FIELDS }),
    row("", "v1", "resourcequotas", "ResourceQuota", { short: ["quota"], status: true }),
    row("", "v1", "limitranges", "LimitRange", { short: ["limits"] }),
    row("", "v1", "persistentvolumeclaims", "PersistentVolumeClaim", {
        short: ["pvc"],
        status: true,
    }),
    row("apps", "v1", "deployments", "Deployment", { short: ["deploy"], status: true }),
    row("apps", "v1", "replicasets", "ReplicaSet", {
        short: ["rs"],
        status: true,
        fields: paths("status.replicas"),
    }),
    row("batch", "v1", "jobs", "Job", {
        status: true,
        fields: { "status.successful": (it) => at(it, "status", "succeeded") ?? 0 },
    }),
    row("rbac.authorization.k8s.io", "v1", "roles", "Role"),
    row("rbac.authorization.k8s.io", "v1", "rolebindings", "RoleBinding"),
    row("rbac.authorization.k8s.io", "v1", "clusterroles", "ClusterRole", { cluster: true }),
    row("rbac.authorization.k8s.io", "v1", "clusterrolebindings", "ClusterRoleBinding", {
        cluster: true,
    }),
    row("build.openshift.io", "v1", "buildconfigs", "BuildConfig", { short: ["bc"] }),
    row("build.openshift.io", "v1", "builds", "Build", {
        fields: { status: path("status", "phase"), podName: (it) => podName(it) },
    }),
    row("image.openshift.io", "v1", "imagestreams", "ImageStream", {
        short: ["is"],
        status: true,
        fields: paths("spec.dockerImageRepository", "status.dockerImageRepository"),
    }),
    row("image.openshift.io", "v1", "images", "Image", { cluster: true }),
    row("security.openshift.io", "v1", "securitycontextconstraints", "SecurityContextConstraints", {
        cluster: true,
        short: ["scc"],
    }),
    row("route.openshift.io", "v1", "routes", "Route", { status: true }),
];

/** A build's pod is called after it. */
function podName(build: Json): string {
    return `${String(at(build, "metadata", "name"))}-build`;
}

/** The kind of a group's resource; undefined where there is none. */
export function kindOf(group: string, plural: string): Kind | undefined {
    return KINDS.find((it) => it.group === group && it.plural === plural);
}

/** As {@link kindOf}, of what is known to be there. Throws where it is not: a mistake of the simulator. */
export function knownKind(group: string, plural: string): Kind {
    const kind = kindOf(group, plural);
    if (kind === undefined) {
        throw new Error(`the simulated cluster has no ${plural}.${group}`);
    }
    return kind;
}

/** `v1` or `apps/v1`. */
export function apiVersionOf({ group, version }: Pick<Kind, "group" | "version">): string {
    return group === "" ? version : `${group}/${version}`;
}
