import type { SimClock } from "../clock";
import type { Client } from "./client";
import { type Informer, keyOf } from "./informer";
import type { Node, Pod, SpreadConstraint, Taint } from "./objects";
import { amount, requested } from "./quantities";
import type { Recorder } from "./recorder";
import { matches, matchesExpression, tolerates } from "./selectors";
import { TAKES, timestamp } from "./time";
import { Worker } from "./worker";

const RESOURCES = ["cpu", "memory", "ephemeral-storage"];

/** Why a node cannot take a pod; `preempt` when it could if others went. */
interface Refusal {
    readonly why: string;
    readonly preempt: boolean;
}

/** The default scheduler: binds each pod to a node that can take it, or says why none can. Words of Kubernetes 1.36. */
export class Scheduler {
    private readonly worker: Worker;

    constructor(
        private readonly client: Client,
        private readonly clock: SimClock,
        private readonly recorder: Recorder,
        private readonly pods: Informer<Pod>,
        private readonly nodes: Informer<Node>,
        private readonly signal: AbortSignal,
    ) {
        this.worker = new Worker(clock, signal, (key) => this.schedule(key));
    }

    /** Begins: pods are looked at when they come, and those that wait whenever a node or a pod changes. */
    start(): void {
        this.pods.listen((now, before) => {
            if (now !== undefined && isWaiting(now)) {
                const isNew = before === undefined;
                if (isNew || before.metadata.generation !== now.metadata.generation) {
                    this.worker.addAfter(keyOf(now), TAKES.scheduling);
                }
            } else if (now === undefined || isOver(now)) {
                this.again();
            }
        });
        this.nodes.listen(() => {
            this.again();
        });
    }

    private again(): void {
        for (const pod of this.pods.all().filter(isWaiting)) {
            if ((pod.status?.conditions ?? []).some(({ type }) => type === "PodScheduled")) {
                this.worker.add(keyOf(pod));
            }
        }
    }

    private async schedule(key: string): Promise<void> {
        const [namespace = "", name = ""] = key.split("/");
        const pod = this.pods.get(namespace, name);
        if (pod === undefined || !isWaiting(pod) || this.signal.aborted) {
            return;
        }
        const nodes = this.nodes.all();
        const refusals = nodes.map((node) => this.refusalOf(pod, node));
        const fitting = nodes.filter((_, at) => refusals[at] === undefined);
        const chosen = this.best(pod, fitting);
        if (chosen === undefined) {
            await this.refuse(pod, refusals);
            return;
        }
        const { name: node } = chosen.metadata;
        const bound = await this.client.bind(namespace, name, node);
        // The next pod is to know of this one.
        this.pods.learn(bound);
        this.recorder.tell(
            { ...pod, kind: "Pod", apiVersion: "v1" },
            {
                type: "Normal",
                reason: "Scheduled",
                message: `Successfully assigned ${namespace}/${name} to ${node}`,
            },
        );
    }

    private refusalOf(pod: Pod, node: Node): Refusal | undefined {
        const { spec } = pod;
        const labels = node.metadata.labels ?? {};
        const never = (why: string) => ({ why, preempt: false });
        const taints = (node.spec.taints ?? []).filter(isHard);
        if (node.spec.unschedulable === true) {
            return never("node(s) were unschedulable");
        }
        if (taints.some((taint) => !(spec.tolerations ?? []).some((it) => tolerates(it, taint)))) {
            return never("node(s) had untolerated taint(s)");
        }
        const terms =
            spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution
                ?.nodeSelectorTerms;
        const affine =
            terms?.some(({ matchExpressions = [] }) =>
                matchExpressions.every((it) => matchesExpression(it, labels)),
            ) ?? true;
        if (!affine || !matches({ matchLabels: spec.nodeSelector ?? {} }, labels)) {
            return never("node(s) didn't match Pod's node affinity/selector");
        }
        const running = this.podsOn(node);
        const { allocatable = {} } = node.status ?? {};
        if (running.length >= amount(allocatable["pods"] ?? "110")) {
            return { why: "Too many pods", preempt: true };
        }
        for (const resource of RESOURCES) {
            const wants = requested(pod, resource);
            const all = amount(allocatable[resource] ?? "0");
            const used = running.reduce((sum, it) => sum + requested(it, resource), 0);
            if (wants > 0 && wants > all - used) {
                return { why: `Insufficient ${resource}`, preempt: wants <= all };
            }
        }
        return undefined;
    }

    /** The node on which a pod is best: spread as it asks for, else where there is most room. */
    private best(pod: Pod, nodes: readonly Node[]): Node | undefined {
        const constraints = pod.spec.topologySpreadConstraints ?? [];
        const scores = nodes.map((node) => {
            const same = constraints.reduce((sum, it) => sum + this.inDomain(pod, node, it), 0);
            const on = this.podsOn(node);
            const cpu = on.reduce((sum, it) => sum + requested(it, "cpu"), 0);
            return { node, score: [same, cpu, on.length] };
        });
        return scores.sort((one, other) => compared(one.score, other.score))[0]?.node;
    }

    private inDomain(pod: Pod, node: Node, constraint: SpreadConstraint): number {
        const domain = node.metadata.labels?.[constraint.topologyKey];
        const selector = constraint.labelSelector ?? {};
        return this.pods
            .all(pod.metadata.namespace)
            .filter(
                (other) =>
                    other.spec.nodeName !== undefined &&
                    !isOver(other) &&
                    other.metadata.deletionTimestamp === undefined &&
                    matches(selector, other.metadata.labels ?? {}) &&
                    (constraint.matchLabelKeys ?? []).every(
                        (key) => other.metadata.labels?.[key] === pod.metadata.labels?.[key],
                    ) &&
                    this.nodes.get("", other.spec.nodeName)?.metadata.labels?.[
                        constraint.topologyKey
                    ] === domain,
            ).length;
    }

    private podsOn(node: Node): Pod[] {
        return this.pods
            .all()
            .filter((pod) => pod.spec.nodeName === node.metadata.name && !isOver(pod));
    }

    private async refuse(pod: Pod, refusals: readonly (Refusal | undefined)[]): Promise<void> {
        const all = refusals.filter((it) => it !== undefined);
        const total = `0/${all.length} nodes are available`;
        const why =
            all.length === 0
                ? "no nodes available to schedule pods"
                : `${total}: ${counted(all.map((it) => it.why))}`;
        const preemption = counted(
            all.map(({ preempt }) =>
                preempt
                    ? "No preemption victims found for incoming pod"
                    : "Preemption is not helpful for scheduling",
            ),
        );
        const message =
            all.length === 0
                ? why
                : `${why}. no new claims to deallocate, preemption: ${total}: ${preemption}.`;
        const { namespace = "", name, generation = 1 } = pod.metadata;
        const known = pod.status?.conditions?.find(({ type }) => type === "PodScheduled");
        if (known?.message === message) {
            return;
        }
        const condition = {
            type: "PodScheduled",
            observedGeneration: generation,
            status: "False",
            lastProbeTime: null,
            lastTransitionTime: timestamp(this.clock),
            reason: "Unschedulable",
            message,
        };
        this.recorder.tell(
            { ...pod, kind: "Pod", apiVersion: "v1" },
            { type: "Warning", reason: "FailedScheduling", message },
        );
        await this.client.patch(
            "pods",
            namespace,
            name,
            { status: { conditions: [condition] } },
            "status",
        );
    }
}

function isWaiting({ spec, metadata, status }: Pod): boolean {
    return (
        spec.nodeName === undefined &&
        metadata.deletionTimestamp === undefined &&
        status?.phase !== "Failed"
    );
}

function isOver({ status }: Pod): boolean {
    return status?.phase === "Succeeded" || status?.phase === "Failed";
}

function isHard({ effect }: Taint): boolean {
    return effect === "NoSchedule" || effect === "NoExecute";
}

/** `1 Insufficient cpu, 2 node(s) were unschedulable`: each reason with its number, in alphabetical order. */
function counted(reasons: readonly string[]): string {
    const counts = new Map<string, number>();
    for (const reason of reasons) {
        counts.set(reason, (counts.get(reason) ?? 0) + 1);
    }
    return [...counts]
        .map(([reason, count]) => `${count} ${reason}`)
        .sort()
        .join(", ");
}

function compared(one: readonly number[], other: readonly number[]): number {
    const at = one.findIndex((value, index) => value !== other[index]);
    return at < 0 ? 0 : (one[at] ?? 0) - (other[at] ?? 0);
}
