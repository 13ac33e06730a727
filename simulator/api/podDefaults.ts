import { asJson, asObjects, at, shown } from "./json";
import type { Json } from "./types";

const PROBES = ["livenessProbe", "readinessProbe", "startupProbe"];

/** A pod's spec with the values that are left out (k8s.io/kubernetes, pkg/apis/core/v1/defaults.go, 1.36). */
export function podSpecDefaults(spec: Json): Json {
    const account = spec["serviceAccountName"] ?? spec["serviceAccount"];
    return {
        restartPolicy: "Always",
        terminationGracePeriodSeconds: 30,
        dnsPolicy: "ClusterFirst",
        securityContext: {},
        schedulerName: "default-scheduler",
        ...spec,
        ...(account !== undefined && { serviceAccountName: account, serviceAccount: account }),
        ...listed(spec, "containers", container),
        ...listed(spec, "initContainers", container),
        ...listed(spec, "volumes", volume),
    };
}

function listed(spec: Json, key: string, change: (item: Json) => Json): Json {
    return Array.isArray(spec[key]) ? { [key]: asObjects(spec[key]).map(change) } : {};
}

function container(own: Json): Json {
    const resources = asJson(own["resources"]);
    const { limits, requests } = { limits: resources["limits"], requests: resources["requests"] };
    // What is limited is asked for as well, where nothing else is said.
    const asked = { ...asJson(limits), ...asJson(requests) };
    return {
        terminationMessagePath: "/dev/termination-log",
        terminationMessagePolicy: "File",
        imagePullPolicy: pullPolicy(shown(own["image"])),
        ...own,
        resources: { ...resources, ...(Object.keys(asked).length > 0 && { requests: asked }) },
        ...listed(own, "ports", (port) => ({ protocol: "TCP", ...port })),
        ...listed(own, "env", variable),
        ...Object.fromEntries(
            PROBES.filter((it) => own[it] !== undefined).map((it) => [it, probe(asJson(own[it]))]),
        ),
    };
}

/** What moves by its tag is pulled each time; what is named by a digest or another tag once. */
function pullPolicy(image: string): string {
    const name = image.split("/").at(-1) ?? "";
    const isPinned = name.includes("@") || /:(?!latest$)[^:]+$/.test(name);
    return isPinned ? "IfNotPresent" : "Always";
}

function variable(own: Json): Json {
    const field = at(own, "valueFrom", "fieldRef");
    return field === undefined ? own : { ...own, valueFrom: { fieldRef: fieldRef(field) } };
}

function fieldRef(field: unknown): Json {
    return { apiVersion: "v1", ...asJson(field) };
}

function probe(own: Json): Json {
    return {
        timeoutSeconds: 1,
        periodSeconds: 10,
        successThreshold: 1,
        failureThreshold: 3,
        ...own,
        ...(own["httpGet"] !== undefined && {
            httpGet: { path: "/", scheme: "HTTP", ...asJson(own["httpGet"]) },
        }),
    };
}

/** What volumes of files are opened with, if nothing else is said: rw-r--r--. */
const MODE = 0o644;

function volume(own: Json): Json {
    const sources = Object.keys(own).filter((key) => key !== "name");
    const kinds = ["configMap", "secret", "downwardAPI", "projected"];
    return {
        ...own,
        ...(sources.length === 0 && { emptyDir: {} }),
        ...Object.fromEntries(
            kinds
                .filter((key) => own[key] !== undefined)
                .map((key) => [
                    key,
                    { ...projected(asJson(own[key])), defaultMode: modeOf(own[key]) },
                ]),
        ),
    };
}

function modeOf(source: unknown): unknown {
    return asJson(source)["defaultMode"] ?? MODE;
}

/** Fields of the pod itself are named with their API's version, and a token is good for an hour. */
function projected(source: Json): Json {
    return {
        ...source,
        ...listed(source, "items", (item) =>
            item["fieldRef"] === undefined
                ? item
                : { ...item, fieldRef: fieldRef(item["fieldRef"]) },
        ),
        ...listed(source, "sources", (one) => ({
            ...one,
            ...(one["downwardAPI"] !== undefined && {
                downwardAPI: projected(asJson(one["downwardAPI"])),
            }),
            ...(one["serviceAccountToken"] !== undefined && {
                serviceAccountToken: {
                    expirationSeconds: 3600,
                    ...asJson(one["serviceAccountToken"]),
                },
            }),
        })),
    };
}

/** How sure a pod is of what it asks for (core/v1 PodStatus, qosClass). */
export function qosClass(spec: Json): "Guaranteed" | "Burstable" | "BestEffort" {
    const all = [...asObjects(spec["containers"]), ...asObjects(spec["initContainers"])];
    const resources = ["cpu", "memory"];
    const of = (it: Json, what: string, name: string) => at(it, "resources", what, name);
    const asksNothing = all.every((it) =>
        resources.every(
            (name) =>
                of(it, "limits", name) === undefined && of(it, "requests", name) === undefined,
        ),
    );
    const isSure = all.every((it) =>
        resources.every((name) => {
            const limit = of(it, "limits", name);
            return limit !== undefined && (of(it, "requests", name) ?? limit) === limit;
        }),
    );
    return asksNothing ? "BestEffort" : isSure ? "Guaranteed" : "Burstable";
}
