import { ApiError, ConnectionError, isMissing } from "../cluster/apiError";
import { type Cluster } from "../cluster/cluster";
import { type Config } from "../config/loadConfig";
import { missingArchitectures } from "./nodes";
import {
    ALWAYS,
    BUILD,
    DEPLOY,
    type Action,
    credentials,
    describeAction,
    forbidden,
} from "./permissions";
import { type PushSecret, readPushSecret } from "./pushSecret";
import type { Login } from "../registry/login";
import { refusal } from "../config/refusal";

/** Milliseconds that all questions together may take. */
const TIMEOUT = 30_000;

/**
 * Asks the cluster, before anything is changed, for what an update would fail on half-way: the namespace, the
 * Secrets that the configuration names, a node of each architecture, and (in an update) the rights.
 *
 * Returns the account in the push Secret, if there is one. Throws a `RunError` with every problem found, or with the
 * reason why the cluster could not be asked.
 */
export async function checkCluster(
    cluster: Cluster,
    config: Config,
    isPreview: boolean,
): Promise<Login | undefined> {
    const signal = AbortSignal.timeout(TIMEOUT);
    let asked: PushSecret;
    try {
        asked = await askAll(cluster, config, isPreview, signal);
    } catch (error) {
        throw unanswered(error, signal);
    }
    if (asked.problems.length > 0) {
        throw refusal(
            ["Nothing was changed: the cluster is not ready for it.", ...asked.problems]
                .join("\n  ")
                .concat("\n"),
        );
    }
    return asked.account;
}

async function askAll(
    cluster: Cluster,
    config: Config,
    isPreview: boolean,
    signal: AbortSignal,
): Promise<PushSecret> {
    const built = config.images.filter(({ digest }) => digest === undefined);
    const architectures = [...new Set(built.flatMap((image) => image.architectures))];
    const exists = await namespaceExists(cluster, config.namespace.name, signal);
    const nothing: PushSecret = { problems: [] };
    const [secret, ...answers] = await Promise.all([
        exists === false ? nothing : readPushSecret(cluster, config, signal),
        missingArchitectures(cluster, architectures, signal),
        exists === false ? [] : missingSecrets(cluster, config, signal),
        isPreview ? [] : missingRights(cluster, config, exists, signal),
    ]);
    const problems = [...missingNamespace(config, exists), ...secret.problems, ...answers.flat()];
    return { account: secret.account, problems };
}

/** The error for a cluster that gave no answer, or none that helps; anything else as it is. */
function unanswered(error: unknown, signal: AbortSignal): unknown {
    let reason: string;
    if (signal.aborted) {
        reason = `It did not answer within ${TIMEOUT / 1000} s.`;
    } else if (error instanceof ApiError || error instanceof ConnectionError) {
        reason = error.message;
    } else {
        return error;
    }
    return refusal(
        [
            "Nothing was changed: the cluster could not be asked whether it is ready.",
            ...reason.split("\n"),
            "See which one it is, and whether it answers: oc whoami --show-server; oc whoami",
        ]
            .join("\n  ")
            .concat("\n"),
    );
}

/** Undefined when the account may not know. */
async function namespaceExists(
    cluster: Cluster,
    name: string,
    signal: AbortSignal,
): Promise<boolean | undefined> {
    return get(cluster, `/apis/project.openshift.io/v1/projects/${name}`, signal);
}

/** Undefined when the account may not know. */
async function get(
    cluster: Cluster,
    path: string,
    signal: AbortSignal,
): Promise<boolean | undefined> {
    try {
        await cluster.get(path, signal);
        return true;
    } catch (error) {
        if (isMissing(error)) {
            return false;
        }
        if (error instanceof ApiError && error.status === 403) {
            return undefined;
        }
        throw error;
    }
}

function missingNamespace({ namespace }: Config, exists: boolean | undefined): string[] {
    return namespace.create || exists !== false
        ? []
        : [
              `multiarch:namespace.name: there is no namespace ${JSON.stringify(namespace.name)}. Create it (oc new-project ${namespace.name}), or let the stack do it: pulumi config set --path multiarch:namespace.create true`,
          ];
}

async function missingSecrets(
    cluster: Cluster,
    config: Config,
    signal: AbortSignal,
): Promise<string[]> {
    const named = [
        ["multiarch:registry.pushSecret", config.registry.pushSecret] as const,
        ["multiarch:git.sourceSecret", config.git?.sourceSecret] as const,
        ...config.images.flatMap((image, index) =>
            image.git === config.git
                ? []
                : [
                      [
                          `multiarch:images[${index}].git.sourceSecret`,
                          image.git?.sourceSecret,
                      ] as const,
                  ],
        ),
        ...config.images.flatMap((image, index) =>
            (image.application?.secretEnv ?? []).map(
                ({ secret }, entry) =>
                    [
                        `multiarch:images[${index}].application.secretEnv[${entry}].secret`,
                        secret,
                    ] as const,
            ),
        ),
    ];
    const answers = await Promise.all(
        named.map(async ([key, name]) => {
            const path = `/api/v1/namespaces/${config.namespace.name}/secrets/${name ?? ""}`;
            return name !== undefined && (await get(cluster, path, signal)) === false
                ? [
                      `${key}: there is no Secret ${JSON.stringify(name)} in the namespace ${config.namespace.name}; see: oc get secrets -n ${config.namespace.name}`,
                  ]
                : [];
        }),
    );
    return answers.flat();
}

async function missingRights(
    cluster: Cluster,
    config: Config,
    exists: boolean | undefined,
    signal: AbortSignal,
): Promise<string[]> {
    const name = config.namespace.name;
    if (exists === false && !config.namespace.create) {
        // Nobody is asked to create it but the one who reads missingNamespace's text.
        return [];
    }
    if (exists === false) {
        const create: Action = { verb: "create", group: "", resource: "namespaces" };
        return (await forbidden(cluster, undefined, [create], signal)).map(
            () =>
                `your account may not create namespaces. Have ${name} created (oc new-project ${name}), then: pulumi config set --path multiarch:namespace.create false`,
        );
    }
    const builds = config.images.some(({ digest }) => digest === undefined);
    const wanted = [
        ...ALWAYS,
        ...(config.images.some(({ application }) => application !== undefined) ? DEPLOY : []),
        ...(config.registryPassword === undefined ? [] : credentials("multiarch-push")),
        ...(config.gitPassword === undefined ? [] : credentials("multiarch-source")),
        ...(builds ? BUILD : []),
    ];
    const asked = new Map(wanted.map((action) => [describeAction(action), action]));
    const ways = builds ? waysToGrant(config.publisher.scc) : [];
    const refused = await forbidden(cluster, name, [...asked.values(), ...ways], signal);
    return [
        ...refused
            .filter((action) => !ways.includes(action))
            .map(
                (action) =>
                    `your account may not ${describeAction(action)} in the namespace ${name}. Have it granted, e.g.: oc policy add-role-to-user admin "$(oc whoami)" -n ${name}`,
            ),
        // One of the ways is enough.
        ...(builds && ways.every((way) => refused.includes(way)) ? [missingScc(config)] : []),
    ];
}

/** Kubernetes lets nobody grant what they do not have, unless they may bind the role. */
function waysToGrant(scc: string): Action[] {
    return [
        {
            verb: "use",
            group: "security.openshift.io",
            resource: "securitycontextconstraints",
            name: scc,
        },
        {
            verb: "bind",
            group: "rbac.authorization.k8s.io",
            resource: "clusterroles",
            name: `system:openshift:scc:${scc}`,
        },
    ];
}

function missingScc({ namespace, publisher }: Config): string {
    return `multiarch:publisher.scc: your account may not grant ${JSON.stringify(publisher.scc)} to the publisher's ServiceAccount. Have a cluster administrator allow it: oc adm policy add-role-to-user system:openshift:scc:${publisher.scc} "$(oc whoami)" -n ${namespace.name}; or take the tool regctl, which runs under restricted-v2`;
}
