import { z } from "zod";

import { ApiError } from "../cluster/apiError";
import { type Cluster } from "../cluster/cluster";

/** Something that an update does to a kind of object. */
export interface Action {
    readonly verb: string;
    /** API group; empty for the core group. */
    readonly group: string;
    /** Resource, with its subresource: `buildconfigs/instantiate`. */
    readonly resource: string;
    /** Name of the one object that it is about. @default any */
    readonly name?: string;
}

function actions(group: string, resource: string, ...verbs: string[]): Action[] {
    return verbs.map((verb) => ({ verb, group, resource }));
}

/** Changing an object whose name is known: a Role may grant that by name. */
function named(group: string, resource: string, name: string): Action[] {
    return [{ verb: "patch", group, resource, name }];
}

/** What every update does: the publisher's program, or an application's file, is in a ConfigMap. */
export const ALWAYS: readonly Action[] = actions("", "configmaps", "create", "patch");

/** What an update does beside that when an image has an application. */
export const DEPLOY: readonly Action[] = [
    ...actions("apps", "deployments", "create", "list", "patch", "watch"),
    ...actions("apps", "replicasets", "list"),
    ...actions("", "pods", "list", "watch"),
    ...actions("", "pods/log", "get"),
    ...actions("", "services", "create", "patch"),
];

/** What an update does beside that when it creates the Secret of that name. */
export function credentials(name: string): Action[] {
    return [...actions("", "secrets", "create"), ...named("", "secrets", name)];
}

/** What an update does beside that when it builds. */
export const BUILD: readonly Action[] = [
    ...actions("image.openshift.io", "imagestreams", "create", "patch"),
    ...actions("image.openshift.io", "imagestreamimages", "get"),
    ...actions("build.openshift.io", "buildconfigs", "create", "patch"),
    ...actions("build.openshift.io", "buildconfigs/instantiate", "create"),
    ...actions("build.openshift.io", "builds", "list", "watch", "patch"),
    ...actions("batch", "jobs", "create", "delete", "list", "watch"),
    ...actions("", "pods", "list", "watch", "patch"),
    ...actions("", "pods/log", "get"),
    ...actions("", "serviceaccounts", "create"),
    ...actions("rbac.authorization.k8s.io", "roles", "create"),
    ...named("rbac.authorization.k8s.io", "roles", "multiarch-publisher-puller"),
    ...actions("rbac.authorization.k8s.io", "rolebindings", "create"),
    ...named("rbac.authorization.k8s.io", "rolebindings", "multiarch-publisher-puller"),
    ...named("rbac.authorization.k8s.io", "rolebindings", "multiarch-publisher-scc"),
];

const Review = z.object({
    status: z.object({ allowed: z.boolean(), reason: z.string().optional() }),
});

const Rules = z.object({
    status: z.object({
        resourceRules: z.array(
            z.object({
                verbs: z.array(z.string()),
                apiGroups: z.array(z.string()).optional(),
                resources: z.array(z.string()).optional(),
                resourceNames: z.array(z.string()).optional(),
            }),
        ),
    }),
});
type Rule = z.infer<typeof Rules>["status"]["resourceRules"][number];

/**
 * Those of the actions that the account may not take, as the cluster says itself. In a namespace its rules are asked
 * for first, all in one request: they may be incomplete, so only what they grant is believed.
 */
export async function forbidden(
    cluster: Cluster,
    namespace: string | undefined,
    wanted: readonly Action[],
    signal: AbortSignal,
): Promise<Action[]> {
    const rules = namespace === undefined ? [] : await rulesIn(cluster, namespace, signal);
    const open = wanted.filter((action) => !rules.some((rule) => grants(rule, action)));
    return refused(cluster, namespace, open, signal);
}

async function rulesIn(cluster: Cluster, namespace: string, signal: AbortSignal): Promise<Rule[]> {
    const kind = { apiVersion: "authorization.k8s.io/v1", kind: "SelfSubjectRulesReview" };
    const path = "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews";
    try {
        const review = await cluster.post(path, { ...kind, spec: { namespace } }, signal);
        return Rules.parse(review).status.resourceRules;
    } catch (error) {
        if (error instanceof ApiError) {
            return [];
        }
        throw error;
    }
}

/** Whether a rule grants an action, as RBAC reads it. */
function grants(rule: Rule, { verb, group, resource, name }: Action): boolean {
    const { verbs, apiGroups = [], resources = [], resourceNames = [] } = rule;
    const [, subresource] = resource.split("/");
    const any = subresource === undefined ? [] : [`*/${subresource}`];
    return (
        [verb, "*"].some((it) => verbs.includes(it)) &&
        [group, "*"].some((it) => apiGroups.includes(it)) &&
        [resource, "*", ...any].some((it) => resources.includes(it)) &&
        (resourceNames.length === 0 || (name !== undefined && resourceNames.includes(name)))
    );
}

/** Those of the actions that the cluster refuses, each asked for by itself. */
async function refused(
    cluster: Cluster,
    namespace: string | undefined,
    wanted: readonly Action[],
    signal: AbortSignal,
): Promise<Action[]> {
    const answers = await Promise.all(
        wanted.map(async (action) => {
            const [resource, subresource] = action.resource.split("/");
            const review = await cluster.post(
                "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
                {
                    apiVersion: "authorization.k8s.io/v1",
                    kind: "SelfSubjectAccessReview",
                    spec: {
                        resourceAttributes: {
                            verb: action.verb,
                            group: action.group,
                            resource,
                            ...(subresource !== undefined && { subresource }),
                            ...(namespace !== undefined && { namespace }),
                            ...(action.name !== undefined && { name: action.name }),
                        },
                    },
                },
                signal,
            );
            return Review.parse(review).status.allowed;
        }),
    );
    return wanted.filter((_, index) => answers[index] === false);
}

/** `create buildconfigs.build.openshift.io/instantiate`, or `patch secrets/NAME` of one object, as `oc auth can-i` takes it. */
export function describeAction({ verb, group, resource, name }: Action): string {
    const [kind = "", subresource] = resource.split("/");
    const full = group === "" ? kind : `${kind}.${group}`;
    const end = [subresource, name].filter((it) => it !== undefined);
    return `${verb} ${[full, ...end].join("/")}`;
}
