import * as z from "zod";

import { Cluster, paths } from "../../cluster/cluster";
import { findEvents, latestWarning, podWaitsFor } from "../shared/explainPending";
import { Job, listSchema, Pod, roleBindingSchema } from "../../cluster/objects";

const SCC_ROLE = "system:openshift:scc:";
// What does not pass by waiting.
const HOPELESS =
    /^(?:ErrImagePull|ImagePullBackOff|InvalidImageName|CreateContainerConfigError|CreateContainerError|RunContainerError|FailedCreate)\b|^FailedMount: .*(?:references non-existent \w+ key|(?:secret|configmap) "[^"]*" not found)/;

/** Why the publisher does nothing yet. */
export interface PublisherWaiting {
    reason: string;
    /** What to do about it, if that is known. */
    advice?: string;
    /** True if waiting longer will hardly help. */
    hopeless: boolean;
}

/** Asks the cluster why a publisher's newest pod does not run, or why there is none. */
export async function findWhatPublisherWaitsFor(
    cluster: Cluster,
    namespace: string,
    job: Job,
    pod: Pod | undefined,
    signal: AbortSignal,
): Promise<PublisherWaiting> {
    const [kind, name] =
        pod === undefined ? ["Job", job.metadata.name] : ["Pod", pod.metadata.name];
    const events = await findEvents(cluster, namespace, kind, name, signal);
    if (pod !== undefined) {
        return waiting(podWaitsFor(pod, events) ?? "its pod is starting");
    }
    const refusal = latestWarning(events.filter(({ reason }) => reason === "FailedCreate"));
    if (refusal === undefined) {
        return waiting(latestWarning(events) ?? "its pod is being created");
    }
    const scc = sccRefusal(refusal);
    if (scc === undefined) {
        return waiting(refusal);
    }
    const advice = await describeScc(cluster, namespace, job, signal);
    return { ...waiting(`FailedCreate: ${scc}`), advice };
}

/**
 * The part of a refusal by security context constraints that matters: what those say that the
 * pod may use. OpenShift also lists every one that it may not use.
 */
export function sccRefusal(message: string): string | undefined {
    const start = "unable to validate against any security context constraint";
    const [, refusal] = message.split(`${start}:`);
    if (refusal === undefined) {
        return message.includes(start) ? start : undefined;
    }
    const parts = refusal
        .trim()
        .replace(/^\[|\]$/g, "")
        .split(/, (?=provider )/)
        .filter((part) => !part.includes("not usable by user or serviceaccount"));
    return `${start}: ${parts.join("; ") || "the ServiceAccount may use none"}`;
}

/** Which security context constraints an account is bound to in its namespace, and what to set. */
export function sccAdvice(
    account: string,
    bindings: readonly z.infer<typeof roleBindingSchema>[],
): string {
    const bound = bindings
        .filter(
            ({ roleRef, subjects }) =>
                roleRef.name.startsWith(SCC_ROLE) &&
                subjects.some(({ kind, name }) => kind === "ServiceAccount" && name === account),
        )
        .map(({ roleRef }) => roleRef.name.slice(SCC_ROLE.length));
    const found = bound.length === 0 ? "no SCC in this namespace" : `SCC ${bound.join(", ")}`;
    return (
        `ServiceAccount ${account} is bound to ${found}. Set the publisher's SCC to one that allows what ` +
        `is refused (a RoleBinding of ${account} to ClusterRole ${SCC_ROLE}NAME).`
    );
}

async function describeScc(
    cluster: Cluster,
    namespace: string,
    job: Job,
    signal: AbortSignal,
): Promise<string> {
    const account = job.spec.template.spec.serviceAccountName ?? "default";
    try {
        const list = listSchema(roleBindingSchema).parse(
            await cluster.get(paths.roleBindings(namespace), signal),
        );
        return sccAdvice(account, list.items);
    } catch {
        signal.throwIfAborted();
        return `Which SCC ServiceAccount ${account} is bound to may not be read.`;
    }
}

function waiting(reason: string): PublisherWaiting {
    return { reason, hopeless: HOPELESS.test(reason) };
}
