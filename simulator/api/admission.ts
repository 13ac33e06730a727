import { checkEscalation, isGranted, rulesOf, rulesOfRole } from "./access";
import { asJson, asObjects, asText } from "./json";
import { type Kind, knownKind } from "./kinds";
import { checkLimits, withLimits } from "./limits";
import { qosClass } from "./podDefaults";
import { checkQuotas } from "./quota";
import { forbidden, notFound, StatusError } from "./statusError";
import type { Store } from "./store";
import type { ApiObject, Json, User } from "./types";

/** Who writes, and where. */
export interface Writer {
    readonly user: Pick<User, "name" | "groups">;
    readonly namespace: string | undefined;
}

/** What the API server adds to every pod (Kubernetes 1.36: DefaultTolerationSeconds, PodTolerationRestriction). */
const PATIENCE = ["not-ready", "unreachable"].map((taint) => ({
    key: `node.kubernetes.io/${taint}`,
    operator: "Exists",
    effect: "NoExecute",
    tolerationSeconds: 300,
}));
const PRESSURE = {
    key: "node.kubernetes.io/memory-pressure",
    operator: "Exists",
    effect: "NoSchedule",
};
/** What a pod without privileges runs under (OpenShift 4.21). */
const RESTRICTED = "restricted-v2";

/** Throws a StatusError where something cannot be created in a namespace: it is not there, or it is going. */
export function checkNamespace(store: Store, kind: Kind, { namespace }: Writer, name: string) {
    if (namespace === undefined) {
        return;
    }
    const namespaces = knownKind("", "namespaces");
    const found = store.get(namespaces, "", namespace);
    if (found === undefined) {
        throw notFound(namespaces, namespace);
    }
    if (found.metadata.deletionTimestamp !== undefined) {
        const why = `unable to create new content in namespace ${namespace} because it is being terminated`;
        const refusal = forbidden(kind, name, why);
        const message = `namespace ${namespace} is being terminated`;
        const causes = [{ reason: "NamespaceTerminating", message, field: "metadata.namespace" }];
        throw new StatusError(403, "Forbidden", refusal.message, { ...refusal.details, causes });
    }
}

/** What admission makes of a new object. Throws a StatusError of 403 where a pod's account is not there. */
export function admitted(store: Store, kind: Kind, object: ApiObject): ApiObject {
    return kind.group === "" && kind.plural === "pods" ? pod(store, kind, object) : object;
}

function pod(store: Store, kind: Kind, object: ApiObject): ApiObject {
    const { metadata } = object;
    const spec = asJson(object.spec);
    const account = asText(spec["serviceAccountName"]) ?? "default";
    const namespace = metadata.namespace ?? "";
    const found = store.get(knownKind("", "serviceaccounts"), namespace, account);
    if (found === undefined) {
        const why = `error looking up service account ${namespace}/${account}: serviceaccount "${account}" not found`;
        throw forbidden(kind, metadata.name, why);
    }
    const secrets = asObjects(spec["imagePullSecrets"]);
    const own = asObjects(spec["tolerations"]);
    const limited = withLimits(store, object);
    const quality = qosClass(asJson(limited.spec));
    const added = [...PATIENCE, ...(quality === "BestEffort" ? [] : [PRESSURE])];
    const tolerations = [
        ...own,
        ...added.filter(({ key }) => !own.some((it) => it["key"] === key)),
    ];
    return {
        ...object,
        metadata: {
            ...metadata,
            annotations: { "openshift.io/scc": RESTRICTED, ...metadata.annotations },
        },
        spec: {
            priority: 0,
            preemptionPolicy: "PreemptLowerPriority",
            ...asJson(limited.spec),
            serviceAccountName: account,
            serviceAccount: account,
            tolerations,
            imagePullSecrets:
                secrets.length > 0 ? secrets : asObjects(asJson(found)["imagePullSecrets"]),
        },
        status: { ...asJson(object.status), qosClass: quality },
    };
}

/** What may refuse a new object that is as it must be: rights that it would give, limits and quotas. */
export function checkNew(store: Store, kind: Kind, object: ApiObject, writer: Writer): void {
    checkGrants(store, kind, object, writer);
    if (kind.group === "" && kind.plural === "pods") {
        checkLimits(store, kind, object);
    }
    checkQuotas(store, kind, object);
}

/** Throws a StatusError of 403 where an object gives rights that its writer has not. */
export function checkGrants(store: Store, kind: Kind, object: ApiObject, writer: Writer): void {
    const { name } = object.metadata;
    const may = (verb: string, resource: string, on: string) =>
        isGranted(rulesOf(store, writer.user, writer.namespace), {
            verb,
            group: "rbac.authorization.k8s.io",
            resource,
            namespace: writer.namespace,
            name: on,
        });
    const check = (rules: readonly Json[]) => {
        checkEscalation(store, kind, writer, { name, rules });
    };
    if (kind.kind === "Role" || kind.kind === "ClusterRole") {
        if (!may("escalate", kind.plural, name)) {
            check(asObjects(object["rules"]));
        }
    }
    if (kind.kind === "RoleBinding" || kind.kind === "ClusterRoleBinding") {
        const roleRef = asJson(object["roleRef"]);
        const plural = roleRef["kind"] === "ClusterRole" ? "clusterroles" : "roles";
        const bound = asText(roleRef["name"]) ?? "";
        if (!may("bind", plural, bound)) {
            const roles = knownKind("rbac.authorization.k8s.io", plural);
            if (
                store.get(roles, plural === "roles" ? (writer.namespace ?? "") : "", bound) ===
                undefined
            ) {
                throw notFound(roles, bound);
            }
            check(rulesOfRole(store, roleRef, writer.namespace));
        }
    }
}
