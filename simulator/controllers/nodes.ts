import type { SimClock } from "../clock";
import type { Client } from "./client";
import type { Informer } from "./informer";
import type { Condition, Node, Pod, Taint } from "./objects";
import type { Recorder } from "./recorder";
import { tolerates } from "./selectors";
import { TAKES, timestamp } from "./time";

/** A node of the simulated cluster. */
export interface NodeOptions {
    readonly name: string;
    /** As Go writes it: `amd64`. */
    readonly architecture: string;
    /** @default 2 */
    readonly cpu?: string;
    /** @default 24684096Ki */
    readonly memory?: string;
    /** @default none */
    readonly taints?: readonly Taint[];
}

const UNREACHABLE = "node.kubernetes.io/unreachable";
/** The kubelet's version, which nodes tell. */
export const KUBELET_VERSION = "v1.36.2";

/** A node as its kubelet registers it (Kubernetes 1.36). */
export function nodeObject(options: NodeOptions, address: string, clock: SimClock) {
    const { name, architecture, cpu = "2", memory = "24684096Ki", taints } = options;
    const room = { cpu, memory, "ephemeral-storage": "264212084Ki", pods: "200" };
    return {
        apiVersion: "v1",
        kind: "Node",
        metadata: {
            name,
            labels: {
                "beta.kubernetes.io/arch": architecture,
                "beta.kubernetes.io/os": "linux",
                "kubernetes.io/arch": architecture,
                "kubernetes.io/hostname": name,
                "kubernetes.io/os": "linux",
                "node-role.kubernetes.io/worker": "",
            },
        },
        spec: taints === undefined ? {} : { taints },
        status: {
            capacity: room,
            allocatable: room,
            conditions: healthy(timestamp(clock)),
            addresses: [
                { type: "InternalIP", address },
                { type: "Hostname", address: name },
            ],
            nodeInfo: {
                machineID: name,
                systemUUID: name,
                bootID: name,
                kernelVersion: "simulated",
                osImage: "simulated",
                containerRuntimeVersion: "simulated://0",
                kubeletVersion: KUBELET_VERSION,
                kubeProxyVersion: "",
                operatingSystem: "linux",
                architecture,
            },
        },
    };
}

/** The conditions of a node that is well. */
export function healthy(since: string): Condition[] {
    const condition = (type: string, status: string, reason: string, message: string) => ({
        type,
        status,
        lastTransitionTime: since,
        reason,
        message,
    });
    return [
        condition(
            "MemoryPressure",
            "False",
            "KubeletHasSufficientMemory",
            "kubelet has sufficient memory available",
        ),
        condition(
            "DiskPressure",
            "False",
            "KubeletHasNoDiskPressure",
            "kubelet has no disk pressure",
        ),
        condition(
            "PIDPressure",
            "False",
            "KubeletHasSufficientPID",
            "kubelet has sufficient PID available",
        ),
        condition("Ready", "True", "KubeletReady", "kubelet is posting ready status"),
    ];
}

/** The node lifecycle and taint eviction controllers: a node that does not answer is not ready, and its pods go. */
export class NodeLifecycle {
    private readonly evicting = new Map<string, AbortController>();

    constructor(
        private readonly client: Client,
        private readonly clock: SimClock,
        private readonly nodeEvents: Recorder,
        private readonly taintEvents: Recorder,
        private readonly nodes: Informer<Node>,
        private readonly pods: Informer<Pod>,
        private readonly signal: AbortSignal,
    ) {}

    /** Begins: pods on nodes with a taint NoExecute are deleted when they have tolerated it long enough. */
    start(): void {
        this.nodes.listen((now, before) => {
            const node = now ?? before;
            if (node !== undefined) {
                this.consider(node);
            }
        });
        this.pods.listen((now, before) => {
            const node =
                now?.spec.nodeName === undefined
                    ? undefined
                    : this.nodes.get("", now.spec.nodeName);
            if (node !== undefined && before?.spec.nodeName !== now?.spec.nodeName) {
                this.consider(node);
            }
            if (now === undefined) {
                this.evicting.get(before?.metadata.uid ?? "")?.abort();
            }
        });
    }

    /** A node's kubelet has not been heard of for longer than it may. */
    async lost(name: string): Promise<void> {
        const now = timestamp(this.clock);
        const conditions = healthy(now).map((condition) => ({
            ...condition,
            status: "Unknown",
            reason: "NodeStatusUnknown",
            message: "Kubelet stopped posting node status.",
        }));
        await this.client.patch("nodes", "", name, { status: { conditions } }, "status");
        const taint = (effect: string) => ({ key: UNREACHABLE, effect, timeAdded: now });
        await this.taint(name, (taints) => [...taints, taint("NoSchedule")]);
        for (const pod of this.podsOn(name)) {
            const { namespace = "", name: podName } = pod.metadata;
            const before = pod.status?.conditions ?? [];
            const ready = before.find(({ type }) => type === "Ready");
            if (ready?.status === "True") {
                const not = { ...ready, status: "False", lastTransitionTime: now };
                const status = { conditions: before.map((it) => (it.type === "Ready" ? not : it)) };
                await this.client.patch("pods", namespace, podName, { status }, "status");
            }
            this.nodeEvents.tell(
                { ...pod, kind: "Pod", apiVersion: "v1" },
                { type: "Warning", reason: "NodeNotReady", message: "Node is not ready" },
            );
        }
        await this.taint(name, (taints) => [...taints, taint("NoExecute")]);
    }

    /** A node's kubelet is heard of again; it has said itself that it is well. */
    async found(name: string): Promise<void> {
        const without = (effect: string) => (taints: readonly Taint[]) =>
            taints.filter((it) => it.key !== UNREACHABLE || it.effect !== effect);
        await this.taint(name, without("NoSchedule"));
        await this.clock.sleep(TAKES.untaint, this.signal);
        await this.taint(name, without("NoExecute"));
    }

    private async taint(
        name: string,
        change: (taints: readonly Taint[]) => Taint[],
    ): Promise<void> {
        const node = await this.client.get<Node>("nodes", "", name);
        const taints = change(node?.spec.taints ?? []);
        const patch = { spec: { taints: taints.length > 0 ? taints : null } };
        this.nodes.learn(await this.client.patch<Node>("nodes", "", name, patch));
    }

    private podsOn(name: string): Pod[] {
        return this.pods
            .all()
            .filter(
                ({ spec, status }) =>
                    spec.nodeName === name &&
                    status?.phase !== "Succeeded" &&
                    status?.phase !== "Failed",
            );
    }

    /** Starts or ends the patience of a node's pods with its taints. */
    private consider(node: Node): void {
        const taints = (node.spec.taints ?? []).filter(({ effect }) => effect === "NoExecute");
        for (const pod of this.podsOn(node.metadata.name)) {
            const { uid } = pod.metadata;
            const patience = this.evicting.get(uid);
            if (taints.length === 0) {
                if (patience !== undefined) {
                    patience.abort();
                    this.evicting.delete(uid);
                    this.say(pod, "Cancelling deletion of Pod");
                }
            } else if (patience === undefined) {
                this.evictAfter(pod, toleration(pod, taints));
            }
        }
    }

    private evictAfter(pod: Pod, seconds: number): void {
        if (seconds === Infinity) {
            return;
        }
        const patience = new AbortController();
        this.evicting.set(pod.metadata.uid, patience);
        void this.clock
            .sleep(seconds * 1_000, AbortSignal.any([patience.signal, this.signal]))
            .then(() => this.evict(pod))
            .catch(() => undefined);
    }

    private async evict(pod: Pod): Promise<void> {
        const { namespace = "", name, uid } = pod.metadata;
        this.say(pod, "Marking for deletion Pod");
        const now = timestamp(this.clock);
        const known = await this.client.get<Pod>("pods", namespace, name);
        const disrupted = {
            type: "DisruptionTarget",
            status: "True",
            lastProbeTime: null,
            lastTransitionTime: now,
            reason: "DeletionByTaintManager",
            message: "Taint manager: deleting due to NoExecute taint",
        };
        const conditions = [disrupted, ...(known?.status?.conditions ?? [])];
        await this.client.patch("pods", namespace, name, { status: { conditions } }, "status");
        await this.client.remove("pods", namespace, name, { uid });
    }

    private say(pod: Pod, words: string): void {
        const { namespace = "", name } = pod.metadata;
        this.taintEvents.tell(
            { ...pod, kind: "Pod", apiVersion: "v1" },
            {
                type: "Normal",
                reason: "TaintManagerEviction",
                message: `${words} ${namespace}/${name}`,
            },
        );
    }
}

/** For how many seconds a pod stays on a node with these taints. */
function toleration({ spec }: Pod, taints: readonly Taint[]): number {
    return Math.min(
        ...taints.map((taint) => {
            const found = (spec.tolerations ?? []).filter((it) => tolerates(it, taint));
            return found.length === 0
                ? 0
                : Math.min(...found.map((it) => it.tolerationSeconds ?? Infinity));
        }),
    );
}
