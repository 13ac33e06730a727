import { asJson, asList, asObjects, asText } from "./json";
import { knownKind } from "./kinds";
import { type Named, resourceName, StatusError } from "./statusError";
import type { Store } from "./store";
import type { Json, User } from "./types";

const RBAC = "rbac.authorization.k8s.io";

/** Who may do everything (Kubernetes binds this group to cluster-admin). */
export const MASTERS = "system:masters";

/** Something that somebody wants to do, as RBAC reads it. */
export interface Access {
    readonly verb: string;
    readonly group: string;
    /** With its subresource: `pods/log`. */
    readonly resource: string;
    readonly namespace: string | undefined;
    readonly name: string | undefined;
}

type Account = Pick<User, "name" | "groups">;

/** The rules of all roles that are bound to an account, in a namespace or without one cluster-wide. */
export function rulesOf(store: Store, user: Account, namespace: string | undefined): Json[] {
    if (user.groups.includes(MASTERS)) {
        return [{ verbs: ["*"], apiGroups: ["*"], resources: ["*"] }];
    }
    const bound = [
        ...store.list(knownKind(RBAC, "clusterrolebindings")),
        ...(namespace === undefined ? [] : store.list(knownKind(RBAC, "rolebindings"), namespace)),
    ];
    return bound
        .filter((it) => asObjects(it["subjects"]).some((subject) => isSubject(subject, user)))
        .flatMap((it) => rulesOfRole(store, asJson(it["roleRef"]), it.metadata.namespace));
}

/** The rules of a role that a binding names; none where it is not there. */
export function rulesOfRole(store: Store, roleRef: Json, namespace = ""): readonly Json[] {
    const isClusterRole = roleRef["kind"] === "ClusterRole";
    const role = store.get(
        knownKind(RBAC, isClusterRole ? "clusterroles" : "roles"),
        isClusterRole ? "" : namespace,
        asText(roleRef["name"]) ?? "",
    );
    return asObjects(role?.["rules"]);
}

function isSubject(subject: Json, { name, groups }: Account): boolean {
    switch (subject["kind"]) {
        case "User":
            return subject["name"] === name;
        case "Group":
            return groups.includes(String(subject["name"]));
        default:
            return (
                name ===
                `system:serviceaccount:${String(subject["namespace"])}:${String(subject["name"])}`
            );
    }
}

/** Whether one of the rules grants something. */
export function isGranted(rules: readonly Json[], access: Access): boolean {
    const [, subresource] = access.resource.split("/");
    const resources = [
        access.resource,
        "*",
        ...(subresource === undefined ? [] : [`*/${subresource}`]),
    ];
    return rules.some((rule) => {
        const names = asList(rule["resourceNames"]);
        return (
            includes(rule["verbs"], [access.verb, "*"]) &&
            includes(rule["apiGroups"], [access.group, "*"]) &&
            includes(rule["resources"], resources) &&
            (names.length === 0 || names.includes(access.name))
        );
    });
}

function includes(list: unknown, wanted: readonly string[]): boolean {
    return wanted.some((it) => asList(list).includes(it));
}

/** Throws a StatusError of 403 where an account may not do something. */
export function checkAccess(store: Store, user: Account, access: Access): void {
    if (isGranted(rulesOf(store, user, access.namespace), access)) {
        return;
    }
    const { verb, group, resource, namespace, name } = access;
    const [plural = ""] = resource.split("/");
    const full = resourceName({ group, plural, kind: "" });
    const subject = name === undefined ? full : `${full} "${name}"`;
    const where =
        namespace === undefined ? "at the cluster scope" : `in the namespace "${namespace}"`;
    throw new StatusError(
        403,
        "Forbidden",
        `${subject} is forbidden: User "${user.name}" cannot ${verb} resource "${resource}" in API group "${group}" ${where}`,
        {
            ...(name !== undefined && { name }),
            ...(group !== "" && { group }),
            kind: plural,
        },
    );
}

/**
 * Throws a StatusError of 403 where somebody grants what they may not do themselves (k8s.io/kubernetes,
 * pkg/registry/rbac/validation): each verb on each resource of the rules is looked for in the account's own.
 */
export function checkEscalation(
    store: Store,
    kind: Named,
    { user, namespace }: { readonly user: Account; readonly namespace: string | undefined },
    { name, rules }: { readonly name: string; readonly rules: readonly Json[] },
): void {
    const own = rulesOf(store, user, namespace);
    const missing = rules.flatMap((rule) => parts(rule).filter((part) => !isCovered(own, part)));
    if (missing.length === 0) {
        return;
    }
    const groups = user.groups.map((it) => JSON.stringify(it)).join(" ");
    const told = missing.map(
        (it) =>
            `{APIGroups:${quoted(it["apiGroups"])}, Resources:${quoted(it["resources"])}, Verbs:${quoted(it["verbs"])}}`,
    );
    const message = `user ${JSON.stringify(user.name)} (groups=[${groups}]) is attempting to grant RBAC permissions not currently held:\n${told.join("\n")}`;
    throw new StatusError(
        403,
        "Forbidden",
        `${resourceName(kind)} "${name}" is forbidden: ${message}`,
        { name, group: kind.group, kind: kind.plural },
    );
}

function quoted(list: unknown): string {
    return `[${asList(list)
        .map((it) => JSON.stringify(it))
        .join(" ")}]`;
}

/** A rule as rules of one verb, one group and one resource each. */
function parts(rule: Json): Json[] {
    return asList(rule["verbs"]).flatMap((verb) =>
        asList(rule["apiGroups"]).flatMap((group) =>
            asList(rule["resources"]).map((resource) => ({
                verbs: [verb],
                apiGroups: [group],
                resources: [resource],
                ...(rule["resourceNames"] !== undefined && {
                    resourceNames: rule["resourceNames"],
                }),
            })),
        ),
    );
}

function isCovered(own: readonly Json[], part: Json): boolean {
    const names = asList(part["resourceNames"]);
    return (names.length === 0 ? [undefined] : names).every((name) =>
        isGranted(own, {
            verb: String(asList(part["verbs"])[0]),
            group: String(asList(part["apiGroups"])[0]),
            resource: String(asList(part["resources"])[0]),
            namespace: undefined,
            name: asText(name),
        }),
    );
}
