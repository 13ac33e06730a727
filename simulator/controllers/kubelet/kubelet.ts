import type { Informer } from "../informer";
import type { Pod } from "../objects";
import type { ContainerRunner } from "./containerRunner";
import type { KubeletKit } from "./kit";
import { PodWorker } from "./podWorker";

/** A node's agent: runs the pods that are bound to it. */
export class Kubelet {
    private readonly workers = new Map<string, PodWorker>();
    private down = false;

    constructor(
        private readonly kit: KubeletKit,
        private readonly pods: Informer<Pod>,
    ) {}

    /** Begins. */
    start(): void {
        this.pods.listen((now, before) => {
            if (!this.down) {
                this.see(now, before);
            }
        });
        this.lookAround();
    }

    /** The node is gone, with all its containers. */
    stop(): void {
        this.down = true;
        for (const worker of this.workers.values()) {
            worker.lose();
        }
    }

    /** The node is back. */
    restart(): void {
        this.down = false;
        for (const [uid, worker] of this.workers) {
            const pod = this.mine().find(({ metadata }) => metadata.uid === uid);
            if (pod === undefined) {
                this.workers.delete(uid);
                continue;
            }
            worker.see(pod);
            worker.regain();
        }
        this.lookAround();
    }

    /** A running container, for causes that hit it; undefined when it does not run here. */
    container(uid: string, name: string): ContainerRunner | undefined {
        return this.workers.get(uid)?.container(name);
    }

    /** Ends a pod for the node's sake, as under pressure. */
    end(uid: string, reason: string, message: string): void {
        this.workers.get(uid)?.end(reason, message);
    }

    private mine(): Pod[] {
        return this.pods.all().filter(({ spec }) => spec.nodeName === this.kit.node.name);
    }

    private lookAround(): void {
        for (const pod of this.mine()) {
            this.see(pod, undefined);
        }
    }

    private see(now: Pod | undefined, before: Pod | undefined): void {
        const pod = now ?? before;
        if (pod?.spec.nodeName !== this.kit.node.name) {
            return;
        }
        const { uid } = pod.metadata;
        const worker = this.workers.get(uid);
        if (now === undefined) {
            worker?.removed();
            this.workers.delete(uid);
        } else if (worker !== undefined) {
            worker.see(now);
        } else if (!isOver(now)) {
            const begun = new PodWorker(this.kit, now);
            this.workers.set(uid, begun);
            begun.see(now);
            begun.start();
        }
    }
}

function isOver({ status }: Pod): boolean {
    return status?.phase === "Succeeded" || status?.phase === "Failed";
}
