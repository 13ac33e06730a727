import { z } from "zod";

import { ApiError } from "../cluster/apiError";
import { type Cluster } from "../cluster/cluster";
import { type Config } from "../config/loadConfig";
import { accountIn, type DockerConfig, readDockerConfig } from "../registry/dockerConfig";
import type { Login } from "../registry/login";

const Secret = z.object({ data: z.record(z.string(), z.string()).default({}) });
/** What a look at the push Secret came to. */
export interface PushSecret {
    /** The account in it; nothing where there is none, or where it could not be read. */
    readonly account?: Login;
    /** What is wrong with the Secret. */
    readonly problems: readonly string[];
}

/**
 * Reads the account in the Secret that `registry.pushSecret` names: the published list is read with it.
 *
 * A missing one is not looked at here, and one that the account may not read is
 * taken as it is: the registry is then asked as nobody.
 */
export async function readPushSecret(
    cluster: Cluster,
    { registry, namespace }: Config,
    signal: AbortSignal,
): Promise<PushSecret> {
    if (registry.pushSecret === undefined) {
        return { problems: [] };
    }
    let secret: unknown;
    try {
        const path = `/api/v1/namespaces/${namespace.name}/secrets/${registry.pushSecret}`;
        secret = await cluster.get(path, signal);
    } catch (error) {
        if (error instanceof ApiError && (error.status === 403 || error.status === 404)) {
            return { problems: [] };
        }
        throw error;
    }
    const account = accountIn(configIn(secret), registry.server);
    if (account !== undefined) {
        return { account, problems: [] };
    }
    return {
        problems: [
            `multiarch:registry.pushSecret: the Secret ${JSON.stringify(registry.pushSecret)} in the namespace ${namespace.name} holds no account of ${registry.server}: expected one, in type kubernetes.io/dockerconfigjson. Make it anew: oc create secret docker-registry ${registry.pushSecret} --docker-server=${registry.server} --docker-username=ACCOUNT --docker-password=PASSWORD -n ${namespace.name}`,
        ],
    };
}

/** The Docker configuration in a Secret. */
function configIn(secret: unknown): DockerConfig | undefined {
    const { data } = Secret.parse(secret);
    return readDockerConfig(Buffer.from(data[".dockerconfigjson"] ?? "", "base64").toString());
}
