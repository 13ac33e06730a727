import { z } from "zod";

import type { Login } from "./login";

const entry = z.object({
    auth: z.string().nullish(),
    username: z.string().nullish(),
    password: z.string().nullish(),
});
const file = z.object({
    auths: z.record(z.string(), entry.nullish().catch(undefined)).nullish(),
    credHelpers: z.record(z.string(), z.string().nullish()).nullish(),
    credsStore: z.string().nullish(),
});

/** A Docker configuration: `~/.docker/config.json`, or what a Secret of type kubernetes.io/dockerconfigjson holds. */
export type DockerConfig = z.infer<typeof file>;

/** Reads a Docker configuration; undefined where it is none, as an empty file. */
export function readDockerConfig(text: string): DockerConfig | undefined {
    try {
        return file.safeParse(JSON.parse(text)).data;
    } catch {
        return undefined;
    }
}

/**
 * The account of a registry in a Docker configuration; undefined where there is none. As Docker's clients and regctl read
 * it: the key is the host, or a URL of it; `auth` counts before a `username` and `password` that lack something; the key
 * that is the host itself counts before its URLs. An identity token is no account for this program, which asks no OAuth2.
 */
export function accountIn(config: DockerConfig | undefined, server: string): Login | undefined {
    const names = namesOf(server);
    return Object.entries(config?.auths ?? {})
        .filter(([key]) => names.includes(hostOf(key)))
        .sort(([one], [other]) => Number(isUrl(one)) - Number(isUrl(other)))
        .map(([, value]) => loginIn(value ?? {}))
        .find((login) => login !== undefined);
}

/** The credential helper that a Docker configuration names for a registry, and the server that it is asked for. */
export function helperFor(
    config: DockerConfig | undefined,
    server: string,
): { readonly program: string; readonly server: string } | undefined {
    const names = namesOf(server);
    const own = Object.entries(config?.credHelpers ?? {}).find(([key]) =>
        names.includes(hostOf(key)),
    );
    const [key, helper] = own ?? [
        server === "docker.io" ? "https://index.docker.io/v1/" : server,
        config?.credsStore,
    ];
    // It becomes the name of a program.
    return helper != null && /^[\w.-]+$/.test(helper)
        ? { program: `docker-credential-${helper}`, server: key }
        : undefined;
}

/** Docker's own registry goes by other names in such files. */
function namesOf(server: string): readonly string[] {
    return server === "docker.io" ? [server, "index.docker.io", "registry-1.docker.io"] : [server];
}

/** The host of a key, which may be a URL. */
function hostOf(key: string): string {
    return key.replace(/^https?:\/\//, "").replace(/\/(?:v[12]\/?)?$/, "");
}

function isUrl(key: string): boolean {
    return key.includes("/");
}

function loginIn({ auth, username, password }: z.infer<typeof entry>): Login | undefined {
    if (username != null && username !== "" && password != null && password !== "") {
        return { username, password };
    }
    const text = Buffer.from(auth ?? "", "base64").toString();
    const colon = text.indexOf(":");
    if (colon < 1) {
        return undefined;
    }
    // As Docker's own reader: old files fill the password up with zero bytes.
    return { username: text.slice(0, colon), password: text.slice(colon + 1).replace(/\0+$/, "") };
}
