import { asJson, asObjects, at } from "./json";
import type { Kind } from "./kinds";
import { podSpecDefaults } from "./podDefaults";
import type { ApiObject, Json } from "./types";

/** The host of OpenShift's own registry. */
const REGISTRY = "image-registry.openshift-image-registry.svc:5000";
const RBAC = "rbac.authorization.k8s.io";

/** What is particular to one kind: the values that are left out. */
type Defaults = (object: ApiObject) => ApiObject;

const withSpec =
    (change: (spec: Json, object: ApiObject) => Json): Defaults =>
    (object) => ({ ...object, spec: change(asJson(object.spec), object) });

/** By `plural.group` or `plural`; from the sources of Kubernetes 1.36, and from what OpenShift 4.21 was seen to add. */
const DEFAULTS: Readonly<Record<string, Defaults>> = {
    namespaces: (object) => ({
        ...object,
        metadata: {
            ...object.metadata,
            labels: {
                ...object.metadata.labels,
                "kubernetes.io/metadata.name": object.metadata.name,
            },
        },
        spec: { finalizers: ["kubernetes"], ...object.spec },
        status: { phase: "Active", ...object.status },
    }),
    pods: (object) => ({
        ...withSpec((spec) => ({ enableServiceLinks: true, ...podSpecDefaults(spec) }))(object),
        status: { phase: "Pending", ...object.status },
    }),
    "deployments.apps": withSpec((spec) => ({
        replicas: 1,
        revisionHistoryLimit: 10,
        progressDeadlineSeconds: 600,
        ...spec,
        template: template(spec),
        strategy: strategy(asJson(spec["strategy"])),
    })),
    "replicasets.apps": (object) => ({
        ...withSpec((spec) => ({ replicas: 1, ...spec, template: template(spec) }))(object),
        status: { replicas: 0, ...object.status },
    }),
    "jobs.batch": withSpec(job),
    services: (object) => ({ ...withSpec(service)(object), status: { loadBalancer: {} } }),
    secrets: secret,
    "rolebindings.rbac.authorization.k8s.io": binding,
    "clusterrolebindings.rbac.authorization.k8s.io": binding,
    "buildconfigs.build.openshift.io": (object) => ({
        ...withSpec(buildConfig)(object),
        status: { lastVersion: 0, ...object.status },
    }),
    "builds.build.openshift.io": (object) => ({
        ...object,
        status: { phase: "New", ...object.status },
    }),
    "imagestreams.image.openshift.io": (object) => ({
        ...withSpec((spec) => ({ lookupPolicy: { local: false }, ...spec }))(object),
        status: {
            ...object.status,
            dockerImageRepository: `${REGISTRY}/${object.metadata.namespace ?? ""}/${object.metadata.name}`,
        },
    }),
    limitranges: withSpec((spec) => ({
        ...spec,
        limits: asObjects(spec["limits"]).map(limitRange),
    })),
    persistentvolumeclaims: (object) => ({
        ...withSpec((spec) => ({ volumeMode: "Filesystem", ...spec }))(object),
        status: { phase: "Pending" },
    }),
    "routes.route.openshift.io": withSpec((spec) => ({ wildcardPolicy: "None", ...spec })),
};

/** An object with the values that are left out; its status is there, if empty, where its kind has one. */
export function withDefaults(kind: Kind, object: ApiObject): ApiObject {
    const key = kind.group === "" ? kind.plural : `${kind.plural}.${kind.group}`;
    const changed = DEFAULTS[key]?.(object) ?? object;
    return kind.status && changed.status === undefined ? { ...changed, status: {} } : changed;
}

function template(spec: Json): Json {
    const own = asJson(spec["template"]);
    return { metadata: {}, ...own, spec: podSpecDefaults(asJson(own["spec"])) };
}

function strategy(own: Json): Json {
    const type = own["type"] ?? "RollingUpdate";
    return type === "RollingUpdate"
        ? {
              ...own,
              type,
              rollingUpdate: {
                  maxUnavailable: "25%",
                  maxSurge: "25%",
                  ...asJson(own["rollingUpdate"]),
              },
          }
        : { ...own, type };
}

/** A Job's pods are found by its uid (k8s.io/kubernetes, pkg/registry/batch/job, generateSelector). */
function job(spec: Json, { metadata }: ApiObject): Json {
    const parallelism = spec["parallelism"] ?? 1;
    const isSingle = spec["parallelism"] === undefined && spec["completions"] === undefined;
    const made = {
        backoffLimit: 6,
        completionMode: "NonIndexed",
        suspend: false,
        manualSelector: false,
        podReplacementPolicy:
            spec["podFailurePolicy"] === undefined ? "TerminatingOrFailed" : "Failed",
        ...spec,
        parallelism,
        ...(isSingle && { completions: 1 }),
        template: template(spec),
    };
    if (spec["manualSelector"] === true || spec["selector"] !== undefined) {
        return made;
    }
    const { uid = "", name } = metadata;
    const labels = {
        ...asJson(at(made.template, "metadata", "labels")),
        "batch.kubernetes.io/controller-uid": uid,
        "batch.kubernetes.io/job-name": name,
        "controller-uid": uid,
        "job-name": name,
    };
    return {
        ...made,
        selector: { matchLabels: { "batch.kubernetes.io/controller-uid": uid } },
        template: {
            ...made.template,
            metadata: { ...asJson(made.template["metadata"]), labels },
        },
    };
}

function service(spec: Json, { metadata }: ApiObject): Json {
    // Any address of the cluster's own network will do: nothing is sent to it.
    const number = Number.parseInt((metadata.uid ?? "0").slice(0, 4), 16);
    const clusterIP = spec["clusterIP"] ?? `172.30.${(number >> 8) & 255}.${number & 255}`;
    return {
        type: "ClusterIP",
        sessionAffinity: "None",
        internalTrafficPolicy: "Cluster",
        ipFamilies: ["IPv4"],
        ipFamilyPolicy: "SingleStack",
        clusterIPs: [clusterIP],
        ...spec,
        clusterIP,
        ports: asObjects(spec["ports"]).map((port) => ({
            protocol: "TCP",
            targetPort: port["port"],
            ...port,
        })),
    };
}

function secret({ stringData, ...object }: ApiObject): ApiObject {
    const texts = Object.entries(asJson(stringData)).map(([key, text]) => [
        key,
        Buffer.from(String(text)).toString("base64"),
    ]);
    const data = { ...asJson(object["data"]), ...(Object.fromEntries(texts) as Json) };
    return {
        ...object,
        ...(Object.keys(data).length > 0 && { data }),
        type: object["type"] ?? "Opaque",
    };
}

function binding(object: ApiObject): ApiObject {
    return {
        ...object,
        roleRef: { apiGroup: RBAC, ...asJson(object["roleRef"]) },
        ...(object["subjects"] !== undefined && {
            subjects: asObjects(object["subjects"]).map((it) =>
                it["kind"] === "ServiceAccount" ? it : { apiGroup: RBAC, ...it },
            ),
        }),
    };
}

function buildConfig(spec: Json): Json {
    const strategy = asJson(spec["strategy"]);
    const source = asJson(spec["source"]);
    const type = strategy["dockerStrategy"] === undefined ? strategy["type"] : "Docker";
    return {
        runPolicy: "Serial",
        resources: {},
        postCommit: {},
        successfulBuildsHistoryLimit: 5,
        failedBuildsHistoryLimit: 5,
        ...spec,
        source: { ...(source["git"] !== undefined && { type: "Git" }), ...source },
        strategy: { ...(type !== undefined && { type }), ...strategy },
    };
}

/** What is limited is asked for as well, and what at most is given is the limit (core/v1 SetDefaults_LimitRangeItem). */
function limitRange(item: Json): Json {
    if (item["type"] !== "Container") {
        return item;
    }
    const limits = { ...asJson(item["max"]), ...asJson(item["default"]) };
    const requests = { ...limits, ...asJson(item["min"]), ...asJson(item["defaultRequest"]) };
    return {
        ...item,
        ...(Object.keys(limits).length > 0 && { default: limits }),
        ...(Object.keys(requests).length > 0 && { defaultRequest: requests }),
    };
}
