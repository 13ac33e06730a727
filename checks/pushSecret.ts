import { z } from "zod";

import { ApiError } from "../cluster/apiError";
import { type Cluster } from "../cluster/cluster";
import { type Config } from "../config/loadConfig";
import type { Login } from "../registry/login";

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
    const account = accountIn(secret, registry.server);
    if (account !== undefined) {
        return { account, problems: [] };
    }
    return {
        problems: [
            `multiarch:registry.pushSecret: the Secret ${JSON.stringify(registry.pushSecret)} in the namespace ${namespace.name} holds no account of ${registry.server}: expected one, in type kubernetes.io/dockerconfigjson. Make it anew: oc create secret docker-registry ${registry.pushSecret} --docker-server=${registry.server} --docker-username=ACCOUNT --docker-password=PASSWORD -n ${namespace.name}`,
        ],
    };
}

function accountIn(secret: unknown, server: string): Login | undefined {
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
