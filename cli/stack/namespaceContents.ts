import { z } from "zod";

import { ApiError } from "../../cluster/apiError";
import type { Cluster } from "../../cluster/cluster";

const State = z.looseObject({
    deployment: z
        .looseObject({
            resources: z
                .array(
                    z.looseObject({
                        type: z.string(),
                        inputs: z.looseObject({}).optional(),
                    }),
                )
                .nullish(),
        })
        .nullish(),
});
const Declared = z.object({ kind: z.string(), metadata: z.object({ name: z.string() }) });
const Provider = z.object({ kubeconfig: z.string().optional(), context: z.string().optional() });
const List = z.object({
    items: z
        .array(
            z.object({
                metadata: z.object({
                    name: z.string(),
                    ownerReferences: z.array(z.unknown()).optional(),
                }),
                type: z.string().optional(),
            }),
        )
        .nullish(),
});

/** What a stack's state says about its namespace. */
export interface OwnNamespace {
    readonly name: string;
    /** `Kind name` of each object that the stack declares. */
    readonly own: ReadonlySet<string>;
    /** How the stack reaches its cluster. */
    readonly cluster: { readonly kubeconfig?: string; readonly context?: string };
}

/** The namespace that a stack made, from its exported state; undefined where it made none. */
export function ownNamespace(state: string): OwnNamespace | undefined {
    const resources = State.parse(JSON.parse(state)).deployment?.resources ?? [];
    const declared = resources.flatMap(({ type, inputs }) => {
        const found = Declared.safeParse(inputs);
        return found.success && type.startsWith("kubernetes:") ? [found.data] : [];
    });
    const name = declared.find(({ kind }) => kind === "Namespace")?.metadata.name;
    const provider = resources.find(({ type }) => type === "pulumi:providers:kubernetes");
    const { kubeconfig, context } = Provider.safeParse(provider?.inputs).data ?? {};
    return name === undefined
        ? undefined
        : {
              name,
              own: new Set(declared.map((object) => `${object.kind} ${object.metadata.name}`)),
              cluster: {
                  ...(kubeconfig && { kubeconfig }),
                  ...(context && { context }),
              },
          };
}

/** What people keep in a namespace, by kind: the API's path and the resource. */
const KINDS = {
    Deployment: ["apis/apps/v1", "deployments"],
    StatefulSet: ["apis/apps/v1", "statefulsets"],
    DaemonSet: ["apis/apps/v1", "daemonsets"],
    Job: ["apis/batch/v1", "jobs"],
    CronJob: ["apis/batch/v1", "cronjobs"],
    Pod: ["api/v1", "pods"],
    Service: ["api/v1", "services"],
    PersistentVolumeClaim: ["api/v1", "persistentvolumeclaims"],
    ConfigMap: ["api/v1", "configmaps"],
    Secret: ["api/v1", "secrets"],
    ServiceAccount: ["api/v1", "serviceaccounts"],
    BuildConfig: ["apis/build.openshift.io/v1", "buildconfigs"],
    ImageStream: ["apis/image.openshift.io/v1", "imagestreams"],
    Route: ["apis/route.openshift.io/v1", "routes"],
    DeploymentConfig: ["apis/apps.openshift.io/v1", "deploymentconfigs"],
} as const;

/** What OpenShift puts into every namespace by itself (4.21). */
const EVERYWHERE = new Set([
    "ConfigMap kube-root-ca.crt",
    "ConfigMap openshift-service-ca.crt",
    "ServiceAccount default",
    "ServiceAccount builder",
    "ServiceAccount deployer",
    "ServiceAccount pipeline",
]);
const OF_ACCOUNTS = /^kubernetes\.io\/(service-account-token|dockercfg)$/;

/** What else lives in a namespace. */
export interface Others {
    /** `Kind name`, sorted by kind as {@link KINDS} lists them. */
    readonly objects: readonly string[];
    /** Kinds that the account may not list. */
    readonly unread: readonly string[];
}

/**
 * Lists what is in a stack's namespace and is not the stack's: neither declared by it, nor owned by another object, nor there
 * in every namespace. A kind that the cluster does not have has no objects.
 */
export async function othersIn(
    cluster: Cluster,
    { name, own }: OwnNamespace,
    signal: AbortSignal,
): Promise<Others> {
    const found = await Promise.all(
        Object.entries(KINDS).map(async ([kind, [api, resource]]) => {
            try {
                const path = `/${api}/namespaces/${encodeURIComponent(name)}/${resource}`;
                const { items } = List.parse(await cluster.get(path, signal));
                const objects = (items ?? [])
                    .filter(
                        ({ metadata, type = "" }) =>
                            (metadata.ownerReferences ?? []).length === 0 &&
                            !(kind === "Secret" && OF_ACCOUNTS.test(type)),
                    )
                    .map(({ metadata }) => `${kind} ${metadata.name}`)
                    .filter((object) => !own.has(object) && !EVERYWHERE.has(object));
                return { objects, unread: [] };
            } catch (error) {
                if (error instanceof ApiError && error.status === 404) {
                    return { objects: [], unread: [] };
                }
                if (error instanceof ApiError && error.status === 403) {
                    return { objects: [], unread: [kind] };
                }
                throw error;
            }
        }),
    );
    return {
        objects: found.flatMap(({ objects }) => objects),
        unread: found.flatMap(({ unread }) => unread),
    };
}

/** Objects that a refusal names; the rest is counted. */
const NAMED = 20;

/** Why a stack is not destroyed as it is; undefined where nothing else lives in its namespace. */
export function keptFor(name: string, { objects, unread }: Others): string | undefined {
    if (objects.length === 0 && unread.length === 0) {
        return undefined;
    }
    const rest = objects.length - NAMED;
    return [
        `nothing was destroyed: the stack made the namespace ${name}, which would go with all that is in it. What is in it and is not the stack's:`,
        ...objects.slice(0, NAMED).map((object) => `  ${object}`),
        ...(rest > 0 ? [`  and ${rest} more`] : []),
        ...(unread.length > 0
            ? [`  and what your account may not list: ${unread.join(", ")}`]
            : []),
        `Next: move it elsewhere; or, to delete it too: npm run destroy -- --with-namespace ${name}`,
    ].join("\n");
}
