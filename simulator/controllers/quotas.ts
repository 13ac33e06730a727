import type { SimClock } from "../clock";
import type { Client } from "./client";
import { type Informer, keyOf } from "./informer";
import type { KubeObject, Pod, Quantities } from "./objects";
import { amount, requested } from "./quantities";
import { Worker } from "./worker";

/** A ResourceQuota. */
export interface ResourceQuota extends KubeObject {
    readonly spec?: { readonly hard?: Quantities };
    readonly status?: { readonly hard?: Quantities; readonly used?: Quantities };
}

/** Keeps what quotas say of the pods of their namespaces; whether a pod may come is decided at admission. */
export class QuotaController {
    private readonly worker: Worker;

    constructor(
        private readonly client: Client,
        clock: SimClock,
        private readonly quotas: Informer<ResourceQuota>,
        private readonly pods: Informer<Pod>,
        signal: AbortSignal,
    ) {
        this.worker = new Worker(clock, signal, (key) => this.sync(key));
    }

    /** Begins. */
    start(): void {
        this.quotas.listen((now) => {
            if (now !== undefined) {
                this.worker.add(keyOf(now));
            }
        });
        this.pods.listen((now, before) => {
            const isOver = ({ status }: Pod) =>
                status?.phase === "Succeeded" || status?.phase === "Failed";
            const counts = now !== undefined && !isOver(now);
            const counted = before !== undefined && !isOver(before);
            if (counts !== counted) {
                for (const quota of this.quotas.all((now ?? before)?.metadata.namespace)) {
                    this.worker.add(keyOf(quota));
                }
            }
        });
    }

    private async sync(key: string): Promise<void> {
        const [namespace = "", name = ""] = key.split("/");
        const quota = this.quotas.get(namespace, name);
        const hard = quota?.spec?.hard;
        if (quota === undefined || hard === undefined) {
            return;
        }
        const pods = this.pods
            .all(namespace)
            .filter(({ status }) => status?.phase !== "Succeeded" && status?.phase !== "Failed");
        const used = Object.fromEntries(
            Object.keys(hard).map((resource) => [
                resource,
                usedOf(resource, pods, quota.status?.used),
            ]),
        );
        if (JSON.stringify(quota.status) !== JSON.stringify({ hard, used })) {
            await this.client.patch(
                "resourcequotas",
                namespace,
                name,
                { status: { hard, used } },
                "status",
            );
        }
    }
}

function usedOf(resource: string, pods: readonly Pod[], before: Quantities | undefined): string {
    if (resource === "pods" || resource === "count/pods") {
        return String(pods.length);
    }
    const limit = /^limits\.(cpu|memory)$/.exec(resource)?.[1];
    const request = /^(?:requests\.)?(cpu|memory)$/.exec(resource)?.[1];
    if (limit !== undefined) {
        const of = ({ spec }: Pod) =>
            spec.containers.reduce(
                (sum, it) => sum + amount(it.resources?.limits?.[limit] ?? "0"),
                0,
            );
        return written(
            limit,
            pods.reduce((sum, pod) => sum + of(pod), 0),
        );
    }
    if (request !== undefined) {
        return written(
            request,
            pods.reduce((sum, pod) => sum + requested(pod, request), 0),
        );
    }
    return before?.[resource] ?? "0";
}

function written(resource: string, value: number): string {
    return resource === "cpu" && value % 1 !== 0
        ? `${Math.round(value * 1_000)}m`
        : String(Math.round(value));
}
