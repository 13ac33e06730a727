import { asJson, asList, asObjects, asText, at, shown } from "./json";
import type { Kind } from "./kinds";
import type { Json } from "./types";

/** A column of a table, and what it shows of an object. */
type Column = readonly [name: string, show: (object: Json, now: number) => unknown];

const show =
    (...path: string[]) =>
    (object: Json) =>
        shown(at(object, ...path));

const NAME: Column = ["Name", show("metadata", "name")];
const AGE: Column = [
    "Age",
    (object, now) => {
        const born = asText(at(object, "metadata", "creationTimestamp"));
        return born === undefined ? "<unknown>" : duration(now - Date.parse(born));
    },
];

const COLUMNS: Readonly<Record<string, readonly Column[]>> = {
    Pod: [
        ["Ready", ready],
        ["Status", podStatus],
        ["Restarts", restarts],
    ],
    Job: [
        ["Status", jobStatus],
        [
            "Completions",
            (it) =>
                `${shown(at(it, "status", "succeeded") ?? 0)}/${shown(at(it, "spec", "completions") ?? 1)}`,
        ],
    ],
    Deployment: [
        [
            "Ready",
            (it) =>
                `${shown(at(it, "status", "readyReplicas") ?? 0)}/${shown(at(it, "spec", "replicas") ?? 0)}`,
        ],
        ["Up-to-date", (it) => at(it, "status", "updatedReplicas") ?? 0],
        ["Available", (it) => at(it, "status", "availableReplicas") ?? 0],
    ],
    ReplicaSet: [
        ["Desired", (it) => at(it, "spec", "replicas") ?? 0],
        ["Current", (it) => at(it, "status", "replicas") ?? 0],
        ["Ready", (it) => at(it, "status", "readyReplicas") ?? 0],
    ],
    Namespace: [["Status", show("status", "phase")]],
    Node: [
        ["Status", nodeStatus],
        ["Version", show("status", "nodeInfo", "kubeletVersion")],
    ],
    Service: [
        ["Type", show("spec", "type")],
        ["Cluster-IP", show("spec", "clusterIP")],
        [
            "Port(s)",
            (it) =>
                asObjects(at(it, "spec", "ports"))
                    .map((port) => `${String(port["port"])}/${String(port["protocol"])}`)
                    .join(","),
        ],
    ],
    Secret: [
        ["Type", show("type")],
        ["Data", count("data")],
    ],
    ConfigMap: [["Data", count("data")]],
    Build: [
        ["Type", show("spec", "strategy", "type")],
        ["Status", buildStatus],
        ["Started", show("status", "startTimestamp")],
    ],
    BuildConfig: [
        ["Type", show("spec", "strategy", "type")],
        ["From", (it) => `Git@${shown(at(it, "spec", "source", "git", "ref"))}`],
        ["Latest", (it) => at(it, "status", "lastVersion") ?? 0],
    ],
    ImageStream: [
        ["Image repository", show("status", "dockerImageRepository")],
        [
            "Tags",
            (it) =>
                asObjects(at(it, "status", "tags"))
                    .map((tag) => String(tag["tag"]))
                    .join(","),
        ],
    ],
};

/** An event is told by what it is about. */
const EVENT: readonly Column[] = [
    ["Last Seen", (it, now) => age(at(it, "lastTimestamp") ?? at(it, "eventTime"), now)],
    ["Type", show("type")],
    ["Reason", show("reason")],
    [
        "Object",
        (it) =>
            `${String(at(it, "involvedObject", "kind")).toLowerCase()}/${String(at(it, "involvedObject", "name"))}`,
    ],
    ["Message", show("message")],
];

/** Objects as a table (meta.k8s.io/v1 Table), which kubectl shows as it is; its columns are fewer than Kubernetes'. */
export function tableOf(
    kind: Kind,
    objects: readonly Json[],
    metadata: unknown,
    now: number,
): Json {
    const columns = kind.kind === "Event" ? EVENT : [NAME, ...(COLUMNS[kind.kind] ?? []), AGE];
    return {
        kind: "Table",
        apiVersion: "meta.k8s.io/v1",
        metadata,
        columnDefinitions: columns.map(([name]) => ({
            name,
            type: "string",
            format: name === "Name" ? "name" : "",
            description: "",
            priority: 0,
        })),
        rows: objects.map((object) => ({
            cells: columns.map(([, of]) => of(object, now)),
            object: {
                kind: "PartialObjectMetadata",
                apiVersion: "meta.k8s.io/v1",
                metadata: object["metadata"],
            },
        })),
    };
}

/** Whether a request asks for tables. */
export function wantsTable(accept: string | undefined): boolean {
    return accept?.includes("as=Table") ?? false;
}

function age(time: unknown, now: number): string {
    const text = asText(time);
    return text === undefined ? "<unknown>" : duration(now - Date.parse(text));
}

/** How long, as kubectl writes it: `45s`, `3m20s`, `5h`, `2d`. */
export function duration(milliseconds: number): string {
    const seconds = Math.max(0, Math.floor(milliseconds / 1_000));
    const [minutes, hours, days] = [60, 3_600, 86_400].map((unit) => Math.floor(seconds / unit));
    if (minutes === undefined || hours === undefined || days === undefined || seconds < 120) {
        return `${seconds}s`;
    }
    if (minutes < 10) {
        return seconds % 60 === 0 ? `${minutes}m` : `${minutes}m${seconds % 60}s`;
    }
    return minutes < 180 ? `${minutes}m` : hours < 48 ? `${hours}h` : `${days}d`;
}

function statuses(pod: Json): readonly Json[] {
    return asObjects(at(pod, "status", "containerStatuses"));
}

function ready(pod: Json): string {
    const all = asList(at(pod, "spec", "containers")).length;
    return `${statuses(pod).filter((it) => it["ready"] === true).length}/${all}`;
}

function restarts(pod: Json): number {
    return statuses(pod).reduce((so, it) => so + Number(it["restartCount"] ?? 0), 0);
}

function podStatus(pod: Json): string {
    if (at(pod, "metadata", "deletionTimestamp") !== undefined) {
        return "Terminating";
    }
    const states = statuses(pod).map((it) => asJson(it["state"]));
    const reason = states
        .map((it) => at(it, "waiting", "reason") ?? at(it, "terminated", "reason"))
        .find((it) => it !== undefined);
    return shown(reason ?? at(pod, "status", "reason") ?? at(pod, "status", "phase"));
}

function jobStatus(job: Json): string {
    const conditions = asObjects(at(job, "status", "conditions"));
    const is = (type: string) =>
        conditions.some((it) => it["type"] === type && it["status"] === "True");
    return is("Complete") ? "Complete" : is("Failed") ? "Failed" : "Running";
}

function nodeStatus(node: Json): string {
    const condition = asObjects(at(node, "status", "conditions")).find(
        (it) => it["type"] === "Ready",
    );
    const is = condition?.["status"] === "True" ? "Ready" : "NotReady";
    return at(node, "spec", "unschedulable") === true ? `${is},SchedulingDisabled` : is;
}

function buildStatus(build: Json): string {
    const reason = at(build, "status", "reason");
    const phase = shown(at(build, "status", "phase"));
    return reason === undefined ? phase : `${phase} (${shown(reason)})`;
}

function count(field: string): Column[1] {
    return (object) => Object.keys(asJson(object[field])).length;
}
