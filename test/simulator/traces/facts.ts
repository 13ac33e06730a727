/** Any object of the API, as its JSON has it. */
export type Json = Record<string, unknown>;

/** What can be told of one state of an object, in a fixed order: `phase` → `Running`. */
export type Facts = ReadonlyMap<string, string>;

/** A part of an object, or an empty one. */
export function part(of: unknown, ...path: readonly string[]): Json {
    let found: unknown = of;
    for (const key of path) {
        found = (found as Json | undefined)?.[key];
    }
    return (found ?? {}) as Json;
}

function list(of: unknown, key: string): Json[] {
    return (part(of)[key] as Json[] | null | undefined) ?? [];
}

function text(value: unknown): string {
    return typeof value === "string" ? value : JSON.stringify(value);
}

function words(reason: unknown, message: unknown): string {
    return [reason, message]
        .filter((it) => it !== undefined && it !== null && it !== "")
        .map(text)
        .join(": ");
}

function conditions(object: Json, facts: Map<string, string>) {
    for (const { type, status, reason, message } of list(object["status"], "conditions")) {
        facts.set(`condition ${text(type)}`, `${text(status)} ${words(reason, message)}`.trim());
    }
}

function containerState(state: Json): string {
    const [[kind, of] = ["none", {}]] = Object.entries(state);
    const { exitCode, reason, message } = part(of);
    const code = exitCode === undefined ? "" : ` ${text(exitCode)}`;
    return `${kind}${code} ${words(reason, message)}`.trim();
}

function podFacts(pod: Json, facts: Map<string, string>) {
    const { spec, status } = pod;
    if (part(spec)["nodeName"] !== undefined) {
        facts.set("node", text(part(spec)["nodeName"]));
    }
    const { phase, reason, message } = part(status);
    facts.set("phase", `${text(phase)} ${words(reason, message)}`.trim());
    conditions(pod, facts);
    for (const kind of ["initContainerStatuses", "containerStatuses"]) {
        for (const { name, state, lastState, restartCount } of list(status, kind)) {
            const of = `container ${text(name)}`;
            facts.set(of, containerState(part(state)));
            if (restartCount !== 0) {
                facts.set(`${of} restarts`, text(restartCount));
                facts.set(`${of} before`, containerState(part(lastState)));
            }
        }
    }
}

function buildFacts(build: Json, facts: Map<string, string>) {
    const status = part(build, "status");
    const { phase, reason, message, cancelled, logSnippet } = status;
    facts.set("phase", `${text(phase)} ${words(reason, message)}`.trim());
    if (cancelled === true) {
        facts.set("cancelled", "true");
    }
    conditions(build, facts);
    const stages = list(status, "stages").map((stage) => {
        const steps = list(stage, "steps").map(({ name }) => text(name));
        return `${text(stage["name"])} (${steps.join(", ")})`;
    });
    if (stages.length > 0) {
        facts.set("stages", stages.join(", "));
    }
    const digest = part(status, "output", "to")["imageDigest"];
    if (digest !== undefined) {
        facts.set("image", text(digest));
    }
    if (logSnippet !== undefined) {
        facts.set("log", text(logSnippet));
    }
    for (const key of ["startTimestamp", "completionTimestamp"]) {
        if (status[key] !== undefined && status[key] !== null) {
            facts.set(key, "set");
        }
    }
}

const COUNTS: Readonly<Record<string, readonly string[]>> = {
    jobs: ["active", "ready", "terminating", "succeeded", "failed"],
    deployments: [
        ...["replicas", "updatedReplicas", "readyReplicas", "availableReplicas"],
        ...["unavailableReplicas", "terminatingReplicas"],
    ],
    replicasets: ["replicas", "readyReplicas", "availableReplicas", "terminatingReplicas"],
};

function tagFacts(stream: Json, facts: Map<string, string>) {
    for (const { tag, items } of list(stream["status"], "tags")) {
        facts.set(`tag ${text(tag)}`, `${((items as unknown[] | null) ?? []).length} images`);
    }
}

function nodeFacts(node: Json, facts: Map<string, string>) {
    conditions(node, facts);
    const taints = list(node["spec"], "taints").map(
        ({ key, effect }) => `${text(key)}:${text(effect)}`,
    );
    facts.set("taints", taints.sort().join(" "));
    facts.set("unschedulable", text(part(node, "spec")["unschedulable"] ?? false));
}

/** What can be told of an object: its phases, reasons, conditions, containers, counts and words, without times. */
export function factsOf(kind: string, object: Json): Facts {
    const facts = new Map<string, string>();
    const { deletionTimestamp, deletionGracePeriodSeconds, finalizers, annotations } = part(
        object,
        "metadata",
    );
    if (kind === "pods") {
        podFacts(object, facts);
    } else if (kind === "builds") {
        buildFacts(object, facts);
    } else if (kind === "imagestreams") {
        tagFacts(object, facts);
    } else if (kind === "nodes") {
        nodeFacts(object, facts);
    } else if (kind === "buildconfigs") {
        facts.set("lastVersion", text(part(object, "status")["lastVersion"]));
    } else {
        for (const key of COUNTS[kind] ?? []) {
            facts.set(key, text(part(object, "status")[key] ?? 0));
        }
        conditions(object, facts);
    }
    const revision = part(annotations)["deployment.kubernetes.io/revision"];
    if (revision !== undefined) {
        facts.set("revision", text(revision));
    }
    if (kind === "replicasets") {
        facts.set("wanted", text(part(object, "spec")["replicas"]));
    }
    facts.set("finalizers", ((finalizers as string[] | null | undefined) ?? []).join(" "));
    if (deletionTimestamp !== undefined) {
        facts.set("deletion", `in ${text(deletionGracePeriodSeconds ?? "no time")} s`);
    }
    return facts;
}
