import type { ApiObject } from "../api/store";
import { ask, collections, nodeFor, ownedBy, type Place } from "./place";
import { runPublisher } from "./publisherPod";

interface JobSpec {
    readonly backoffLimit?: number;
    readonly template: {
        readonly metadata?: { readonly labels?: object; readonly annotations?: object };
        readonly spec: { readonly nodeSelector?: Readonly<Record<string, string>> };
    };
}

/** Runs a Job's pods one after the other, until one succeeds or none is left to try. */
export async function runJob(place: Place, namespace: string, job: ApiObject): Promise<void> {
    const { api, store } = place;
    const spec = job.spec as unknown as JobSpec;
    const path = `${collections.jobs(namespace)}/${job.metadata.name}`;
    const isThere = () =>
        store.get(collections.jobs(namespace), job.metadata.name)?.metadata.uid ===
        job.metadata.uid;
    for (let attempt = 0; attempt <= (spec.backoffLimit ?? 6) && isThere(); attempt += 1) {
        if (await runPod(place, namespace, job, attempt)) {
            if (isThere()) {
                await ask(api, "PATCH", path, {
                    status: { succeeded: 1, conditions: [{ type: "Complete", status: "True" }] },
                });
            }
            return;
        }
    }
    if (isThere()) {
        const message = "Job has reached the specified backoff limit";
        const condition = {
            type: "Failed",
            status: "True",
            reason: "BackoffLimitExceeded",
            message,
        };
        await ask(api, "PATCH", path, { status: { conditions: [condition] } });
    }
}

async function runPod(
    place: Place,
    namespace: string,
    job: ApiObject,
    attempt: number,
): Promise<boolean> {
    const { api, logs, nodes, pause } = place;
    const { template } = job.spec as unknown as JobSpec;
    const name = `${job.metadata.name}-${(job.metadata.uid ?? "").slice(0, 4)}${attempt}`;
    const pod = await ask(api, "POST", collections.pods(namespace), {
        apiVersion: "v1",
        kind: "Pod",
        metadata: {
            name,
            namespace,
            labels: { ...template.metadata?.labels, "job-name": job.metadata.name },
            annotations: { ...template.metadata?.annotations },
            ownerReferences: ownedBy({ ...job, kind: "Job" }),
        },
        spec: { ...template.spec, nodeName: nodeFor(nodes, template.spec.nodeSelector)?.name },
        status: { phase: "Pending" },
    });
    await pause(50);
    const path = `${collections.pods(namespace)}/${name}`;
    const state = (phase: string, container: object) =>
        ask(api, "PATCH", path, {
            status: { phase, containerStatuses: [{ name: "publisher", state: container }] },
        });
    await state("Running", { running: {} });
    const log = logs.of(namespace, name, "publisher");
    const { exitCode, message } = await runPublisher(place, namespace, pod, (text) => {
        log.write(text);
    });
    log.end();
    if (place.store.get(collections.pods(namespace), name) !== undefined) {
        const terminated = { exitCode, message, reason: exitCode === 0 ? "Completed" : "Error" };
        await ask(api, "PATCH", path, {
            status: {
                phase: exitCode === 0 ? "Succeeded" : "Failed",
                containerStatuses: [{ name: "publisher", state: { running: null, terminated } }],
            },
        });
    }
    return exitCode === 0;
}
