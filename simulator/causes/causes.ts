import type { SimClock } from "../clock";
import type { Client } from "../controllers/client";
import { imagePruned } from "../controllers/imageStreams";
import type { Informer } from "../controllers/informer";
import type { Kubelet } from "../controllers/kubelet/kubelet";
import { healthy, type NodeLifecycle } from "../controllers/nodes";
import type { Node, Pod, Taint } from "../controllers/objects";
import { TAKES, timestamp } from "../controllers/time";

/** What causes work on. */
export interface CauseParts {
    readonly client: Client;
    readonly clock: SimClock;
    readonly kubelets: ReadonlyMap<string, Kubelet>;
    readonly lifecycle: NodeLifecycle;
    readonly pods: Informer<Pod>;
    readonly signal: AbortSignal;
}

/** What can happen to a cluster: each is a cause, and what follows is the cluster's own doing. */
export class Causes {
    private readonly down = new Set<string>();

    constructor(private readonly parts: CauseParts) {}

    /** A node stops answering, and what runs on it is gone. */
    nodeDown(name: string): void {
        const { clock, lifecycle, signal } = this.parts;
        this.kubelet(name).stop();
        this.down.add(name);
        void clock
            .sleep(TAKES.nodeGrace, signal)
            .then(() => (this.down.has(name) ? lifecycle.lost(name) : undefined))
            .catch(() => undefined);
    }

    /** A node that was down answers again. */
    async nodeUp(name: string): Promise<void> {
        const { client, clock, lifecycle } = this.parts;
        this.down.delete(name);
        const status = { conditions: healthy(timestamp(clock)) };
        await client.patch("nodes", "", name, { status }, "status");
        this.kubelet(name).restart();
        void lifecycle.found(name).catch(() => undefined);
    }

    /** Somebody taints a node. */
    async taint(name: string, taint: Taint): Promise<void> {
        const { client } = this.parts;
        const node = await client.get<Node>("nodes", "", name);
        const taints = [...(node?.spec.taints ?? []), taint];
        await client.patch("nodes", "", name, { spec: { taints } });
    }

    /** Somebody takes a node's taints away. */
    async untaint(name: string): Promise<void> {
        await this.parts.client.patch("nodes", "", name, { spec: { taints: null } });
    }

    /** Somebody evicts a pod, as `oc adm drain` does. */
    async evict(namespace: string, name: string): Promise<void> {
        await this.parts.client.evict(namespace, name);
    }

    /** The node is short of something and ends a pod. */
    nodePressure(namespace: string, name: string, resource: string): void {
        const pod = this.pod(namespace, name);
        const message = `The node was low on resource: ${resource}. `;
        this.kubelet(pod.spec.nodeName ?? "").end(pod.metadata.uid, "Evicted", message);
    }

    /** The kernel kills a container for memory: its main process, or one of its children. */
    outOfMemory(
        namespace: string,
        name: string,
        container: string,
        process: "main" | "child",
    ): void {
        const { metadata, spec } = this.pod(namespace, name);
        const running = this.kubelet(spec.nodeName ?? "").container(metadata.uid, container);
        if (running === undefined) {
            throw new Error(`container ${container} of pod ${namespace}/${name} does not run`);
        }
        if (process === "main") {
            running.kill(137, "OOMKilled");
        } else {
            running.killChild();
        }
    }

    /** Somebody prunes an image from the internal registry. */
    async imagePruned(digest: string): Promise<void> {
        await imagePruned(this.parts.client, digest);
    }

    private pod(namespace: string, name: string): Pod {
        const pod = this.parts.pods.get(namespace, name);
        if (pod === undefined) {
            throw new Error(`there is no pod ${namespace}/${name}`);
        }
        return pod;
    }

    private kubelet(node: string): Kubelet {
        const kubelet = this.parts.kubelets.get(node);
        if (kubelet === undefined) {
            throw new Error(
                `there is no node ${node}: ${[...this.parts.kubelets.keys()].join(", ")}`,
            );
        }
        return kubelet;
    }
}
