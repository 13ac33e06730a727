import { z } from "zod";

import { ApiError } from "../cluster/apiError";
import { type Cluster } from "../cluster/cluster";
import { type Config } from "../config/loadConfig";

/** An account of the registry. */
export interface RegistryAccount {
    readonly username: string;
    readonly password: string;
}

const Secret = z.object({ data: z.record(z.string(), z.string()).default({}) });
const DockerConfig = z.object({
    auths: z.record(
        z.string(),
        z.object({
            auth: z.string().optional(),
            username: z.string().optional(),
            password: z.string().optional(),
        }),
    ),
});

let found: RegistryAccount | undefined;

/** The account in `registry.pushSecret`; nobody's before {@link readPushSecret}, or where that could not see it. */
export function pushSecretAccount(): RegistryAccount | undefined {
    return found;
}

/**
 * Reads the account in the Secret that `registry.pushSecret` names: the published list is read with it.
 *
 * Returns what is wrong with the Secret. A missing one is not looked at here, and one that the account may not read is
 * taken as it is: the registry is then asked as nobody.
 */
export async function readPushSecret(
    cluster: Cluster,
    { registry, namespace }: Config,
    signal: AbortSignal,
): Promise<string[]> {
    found = undefined;
    if (registry.pushSecret === undefined) {
        return [];
    }
    let secret: unknown;
    try {
        const path = `/api/v1/namespaces/${namespace.name}/secrets/${registry.pushSecret}`;
        secret = await cluster.get(path, signal);
    } catch (error) {
        if (error instanceof ApiError && (error.status === 403 || error.status === 404)) {
            return [];
        }
        throw error;
    }
    found = accountIn(secret, registry.server);
    return found === undefined
        ? [
              `multiarch:registry.pushSecret: the Secret ${JSON.stringify(registry.pushSecret)} in the namespace ${namespace.name} holds no account of ${registry.server}: expected one, in type kubernetes.io/dockerconfigjson. Make it anew: oc create secret docker-registry ${registry.pushSecret} --docker-server=${registry.server} --docker-username=ACCOUNT --docker-password=PASSWORD -n ${namespace.name}`,
          ]
        : [];
}

function accountIn(secret: unknown, server: string): RegistryAccount | undefined {
    const { data } = Secret.parse(secret);
    const config = DockerConfig.safeParse(json(decode(data[".dockerconfigjson"]))).data;
    // Docker's own registry goes by another name in such files.
    const hosts = server === "docker.io" ? [server, "index.docker.io"] : [server];
    const [, entry] =
        Object.entries(config?.auths ?? {}).find(([key]) => hosts.includes(hostOf(key))) ?? [];
    if (entry?.username !== undefined && entry.password !== undefined) {
        return { username: entry.username, password: entry.password };
    }
    const text = decode(entry?.auth);
    const colon = text.indexOf(":");
    return colon < 1
        ? undefined
        : { username: text.slice(0, colon), password: text.slice(colon + 1) };
}

/** The host of a key in `auths`, which may be a URL. */
function hostOf(key: string): string {
    return key.replace(/^https?:\/\//, "").replace(/\/(?:v[12]\/?)?$/, "");
}

function decode(text = ""): string {
    return Buffer.from(text, "base64").toString();
}

function json(text: string): unknown {
    try {
        return JSON.parse(text);
    } catch {
        return undefined;
    }
}
