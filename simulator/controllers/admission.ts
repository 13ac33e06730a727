import type { ApiObject } from "../api/apiObject";

// What the API server adds to every pod (Kubernetes: DefaultTolerationSeconds).
const PATIENCE = ["not-ready", "unreachable"].map((taint) => ({
    key: `node.kubernetes.io/${taint}`,
    operator: "Exists",
    effect: "NoExecute",
    tolerationSeconds: 300,
}));

/** What the API makes of an object before it is stored: the values that are left out, as OpenShift 4.21 has them. */
export function admitted(collection: string, object: ApiObject): ApiObject {
    if (collection.endsWith("/pods")) {
        return pod(object);
    }
    if (collection.endsWith("/buildconfigs")) {
        const spec = { runPolicy: "Serial", ...object.spec };
        return { ...object, spec, status: { lastVersion: 0, ...object.status } };
    }
    if (collection.endsWith("/imagestreams")) {
        return { ...object, spec: { lookupPolicy: { local: false }, ...object.spec } };
    }
    if (collection.endsWith("/deployments")) {
        const spec = {
            replicas: 1,
            progressDeadlineSeconds: 600,
            revisionHistoryLimit: 10,
            ...object.spec,
        };
        return { ...object, spec };
    }
    if (collection.endsWith("/jobs")) {
        const spec = { parallelism: 1, completions: 1, backoffLimit: 6, ...object.spec };
        return { ...object, spec };
    }
    return object;
}

function pod(object: ApiObject): ApiObject {
    const { spec = {}, metadata } = object;
    const own = (spec["tolerations"] ?? []) as { key?: string }[];
    const tolerations = [
        ...own,
        ...PATIENCE.filter(({ key }) => !own.some((it) => it.key === key)),
    ];
    const containers = [spec["initContainers"], spec["containers"]].flatMap(
        (list) => (list ?? []) as { resources?: { requests?: object; limits?: object } }[],
    );
    const asks = containers.some(
        ({ resources }) => resources?.requests !== undefined || resources?.limits !== undefined,
    );
    const scc = metadata.annotations?.["openshift.io/scc"] ?? "restricted-v2";
    return {
        ...object,
        metadata: {
            ...metadata,
            annotations: { ...metadata.annotations, "openshift.io/scc": scc },
        },
        spec: {
            restartPolicy: "Always",
            serviceAccountName: "default",
            terminationGracePeriodSeconds: 30,
            schedulerName: "default-scheduler",
            ...spec,
            tolerations,
        },
        status: { phase: "Pending", qosClass: asks ? "Burstable" : "BestEffort", ...object.status },
    };
}
