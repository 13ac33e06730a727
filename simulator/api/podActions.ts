import type { Deleted, DeleteOptions } from "./deletion";
import { asJson, asObjects, asText, at, timestamp } from "./json";
import { knownKind } from "./kinds";
import type { Objects, Write } from "./objects";
import { conflict } from "./statusError";
import type { ApiObject, ApiResponse, Json } from "./types";

const SUCCESS = { kind: "Status", apiVersion: "v1", metadata: {}, status: "Success" };

/** An object with a condition of its status set, or set anew. */
function withCondition(object: ApiObject, condition: Json): ApiObject {
    const status = asJson(object.status);
    const others = asObjects(status["conditions"]).filter((it) => it["type"] !== condition["type"]);
    return { ...object, status: { ...status, conditions: [...others, condition] } };
}

/** Binds a pod to a node (`POST pods/NAME/binding`). Throws a StatusError of 409 where it is bound already. */
export function bind(
    objects: Objects,
    { namespace, name }: Write,
    body: unknown,
    now: number,
): ApiResponse {
    const pods = knownKind("", "pods");
    const node = asText(at(body, "target", "name")) ?? "";
    objects.rewrite(pods, namespace, name, (pod) => {
        const bound = pod.spec?.["nodeName"];
        if (bound !== undefined) {
            const why = `pod ${name} is already assigned to node ${JSON.stringify(bound)}`;
            throw conflict({ ...pods, plural: "pods/binding" }, name, why);
        }
        if (pod.metadata.deletionTimestamp !== undefined) {
            const why = `pod ${name} is being deleted, cannot be assigned to a host`;
            throw conflict({ ...pods, plural: "pods/binding" }, name, why);
        }
        return withCondition(
            { ...pod, spec: { ...pod.spec, nodeName: node } },
            {
                type: "PodScheduled",
                status: "True",
                lastProbeTime: null,
                lastTransitionTime: timestamp(now),
            },
        );
    });
    return { status: 201, body: { ...SUCCESS, code: 201 } };
}

/** Has a pod leave its node (`POST pods/NAME/eviction`). */
export function evict(objects: Objects, write: Write, body: unknown, now: number): ApiResponse {
    const pods = knownKind("", "pods");
    objects.rewrite(pods, write.namespace, write.name, (pod) =>
        withCondition(pod, {
            type: "DisruptionTarget",
            status: "True",
            reason: "EvictionByEvictionAPI",
            message: "Eviction API: evicting",
            lastProbeTime: null,
            lastTransitionTime: timestamp(now),
        }),
    );
    const options = asJson(at(body, "deleteOptions")) as DeleteOptions;
    objects.delete({ ...write, kind: pods }, options);
    return { status: 201, body: { ...SUCCESS, code: 201 } };
}

/** What a deletion is answered with: the object while it is still there, or that it is gone. */
export function deletionAnswer(
    { kind }: Write,
    { object, isGone }: Deleted,
    options: DeleteOptions,
): ApiResponse {
    const waits = options.propagationPolicy === "Foreground" || options.orphanDependents === false;
    // Kubernetes answers with the object where its kind says so (returnDeletedObject), or where it is still there.
    const returned = ["pods", "services", "serviceaccounts", "persistentvolumeclaims"];
    if (!isGone || (kind.group === "" && returned.includes(kind.plural))) {
        return { status: !isGone && waits ? 202 : 200, body: object };
    }
    const { name, uid } = object.metadata;
    const details = {
        name,
        ...(kind.group !== "" && { group: kind.group }),
        kind: kind.plural,
        uid,
    };
    return { status: 200, body: { ...SUCCESS, details } };
}
