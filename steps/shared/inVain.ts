import { isMissing } from "../../cluster/apiError";
import { type Cluster, paths } from "../../cluster/cluster";

/** Something that a pod lacks and that no waiting brings. */
export interface InVain {
    /** What to set or make, with the key. */
    readonly advice: string;
}

// Words of Kubernetes 1.36: its ResourceQuota, LimitRanger and ServiceAccount admission, and OpenShift's SCC admission.
// "exceeded quota" is not here: the pods that go during a rollout make room.
const REFUSALS: readonly (readonly [RegExp, (resources: string) => string])[] = [
    [
        /failed quota: \S+: must specify (?<what>[a-z.,\- ]+)/,
        (resources) => `The namespace's ResourceQuota asks for it: set ${resources}.`,
    ],
    [
        /(?:maximum|minimum) \S+ (?:usage|limit|request) per \w+ is|max limit to request ratio per \w+ is/,
        (resources) => `The namespace's LimitRange does not allow it: set ${resources}.`,
    ],
    [
        /serviceaccount "[^"]+" not found/i,
        () => "Make this ServiceAccount, or name another one: then pulumi up.",
    ],
    [
        /unable to validate against any security context constraint/,
        () =>
            "No SCC of its ServiceAccount allows what the pod asks for: bind one that does, or ask for less.",
    ],
];
// The kubelet tries these again every few seconds, so what they say is so now.
const UNSTARTABLE =
    /^(?:InvalidImageName|ErrImageNeverPull)\b|^CreateContainerConfigError: .*(?:not found|couldn't find key|must not|runAsNonRoot|run as non-root|run as root)/;
const UNMOUNTED = /^FailedMount: .*\b(secret|configmap) "([^"]+)" not found/;
const NO_KEY = /^FailedMount: .*references non-existent \w+ key/;

/**
 * What to do where the reason of a pod that does not run, or was not created, cannot pass by waiting; undefined where it
 * can, or may. `resources` is the key of the pod's requests and limits.
 */
export function inVain(reason: string, resources: string): InVain | undefined {
    const refused = REFUSALS.find(([words]) => words.test(reason));
    if (refused !== undefined) {
        return { advice: refused[1](resources) };
    }
    if (UNSTARTABLE.test(reason) || NO_KEY.test(reason)) {
        return { advice: "Make what it names, or name what is there: then pulumi up." };
    }
    return undefined;
}

/**
 * As `inVain`, and besides for a volume whose Secret or ConfigMap is missing. The kubelet waits up to two minutes between
 * two mounts, so the event may be an old one: the object itself is asked for.
 */
export async function inVainNow(
    reason: string,
    resources: string,
    cluster: Cluster,
    namespace: string,
    signal: AbortSignal,
): Promise<InVain | undefined> {
    const [, kind, name] = UNMOUNTED.exec(reason) ?? [];
    if (kind === undefined || name === undefined) {
        return inVain(reason, resources);
    }
    const path =
        kind === "secret" ? paths.secret(namespace, name) : paths.configMap(namespace, name);
    try {
        await cluster.get(path, signal);
        return undefined;
    } catch (error) {
        signal.throwIfAborted();
        return isMissing(error)
            ? { advice: `Make the ${kind} ${name} in namespace ${namespace}: then pulumi up.` }
            : undefined;
    }
}
