import * as z from "zod";

import { isMissing } from "../../cluster/apiError";
import { Cluster, paths, withQuery } from "../../cluster/cluster";
import { listSchema, Pod, podSchema } from "../../cluster/objects";

/** The pods of one publisher Job for one set of inputs. */
export interface Publisher {
    job: string;
    identity: string;
}

/** The selector of a publisher's pods. */
export function publisherSelector(publisher: Publisher): string {
    return `job-name=${publisher.job},multiarch/identity=${publisher.identity}`;
}

/** True while a pod can still do something. */
export function isLive(pod: Pod): boolean {
    const { phase } = pod.status;
    return (
        phase !== "Succeeded" && phase !== "Failed" && pod.metadata.deletionTimestamp === undefined
    );
}

/** The annotation through which a pod learns the digest of one architecture. */
export function digestAnnotation(architecture: string): string {
    return `multiarch/digest.${architecture}`;
}

/** Puts annotations on a pod, those of them that it does not have yet; false if it is gone. */
export async function annotate(
    cluster: Cluster,
    namespace: string,
    pod: Pod,
    annotations: Record<string, string>,
    signal: AbortSignal,
): Promise<boolean> {
    const missing = Object.entries(annotations).filter(
        ([key, value]) => pod.metadata.annotations[key] !== value,
    );
    if (missing.length === 0) {
        return true;
    }
    const body = { metadata: { annotations: Object.fromEntries(missing) } };
    try {
        await cluster.patch(paths.pod(namespace, pod.metadata.name), body, signal);
        return true;
    } catch (error) {
        if (isMissing(error)) {
            return false;
        }
        throw error;
    }
}

/** An image that was built, as the publisher's pods know it. */
export interface BuiltImage {
    /** Name of the Job that waits for it. */
    job: string;
    architecture: string;
    /** Identity of its build: the pods that wait for this very build carry it in a label. */
    identity: string;
    digest: string;
}

/** Tells the live pods that wait for a build its digest; returns how many were told. */
export async function signalDigest(
    cluster: Cluster,
    namespace: string,
    { job, architecture, identity, digest }: BuiltImage,
    signal: AbortSignal,
): Promise<number> {
    const labelSelector = `job-name=${job},multiarch/build.${architecture}=${identity}`;
    const path = withQuery(paths.pods(namespace), { labelSelector });
    const list: z.infer<ReturnType<typeof listSchema<typeof podSchema>>> = listSchema(
        podSchema,
    ).parse(await cluster.get(path, signal));
    const annotations = { [digestAnnotation(architecture)]: digest };
    const told = await Promise.all(
        list.items
            .filter(isLive)
            .map((pod) => annotate(cluster, namespace, pod, annotations, signal)),
    );
    return told.filter(Boolean).length;
}
