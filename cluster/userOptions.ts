import { readFileSync } from "node:fs";
import type { OutgoingHttpHeaders } from "node:http";

import type { TlsOptions } from "./agentOf";
import type { KubeconfigEntry } from "./kubeconfigFiles";

/** An object without the keys that have no value. */
export function defined<T extends object>(values: T): Partial<T> {
    return Object.fromEntries(
        Object.entries(values).filter(([, value]) => value !== undefined),
    ) as Partial<T>;
}

/** Whether a plugin is asked: what stands in the kubeconfig itself comes first. */
export function isAskedFor(user: KubeconfigEntry): boolean {
    return typeof user["exec"] === "object" && user["exec"] !== null && tokenOf(user) === undefined;
}

/** The certificates of a cluster and a user; in both, data comes before a file. Throws when a file cannot be read. */
export function tlsOf(cluster: KubeconfigEntry, user: KubeconfigEntry): TlsOptions {
    const servername = textIn(cluster, "tls-server-name");
    return {
        ...defined({
            ca: bytesIn(cluster, "certificate-authority"),
            cert: bytesIn(user, "client-certificate"),
            key: bytesIn(user, "client-key"),
            servername,
        }),
        ...(cluster["insecure-skip-tls-verify"] === true && { rejectUnauthorized: false }),
    };
}

/** Who asks: a token, or a user's name and password; and as whom, where that is somebody else. */
export function headersOf(user: KubeconfigEntry, given: string | undefined): OutgoingHttpHeaders {
    const [token, name] = [given ?? tokenOf(user), textIn(user, "username")];
    const basic = `${name ?? ""}:${textIn(user, "password") ?? ""}`;
    const groups = user["as-groups"];
    const extra = Object.entries((user["as-user-extra"] ?? {}) as Record<string, string[]>);
    const authorization =
        token !== undefined
            ? `Bearer ${token}`
            : name === undefined
              ? undefined
              : `Basic ${Buffer.from(basic).toString("base64")}`;
    return defined({
        Authorization: authorization,
        "Impersonate-User": textIn(user, "as"),
        "Impersonate-Uid": textIn(user, "as-uid"),
        "Impersonate-Group": Array.isArray(groups) ? groups.map(String) : undefined,
        ...Object.fromEntries(
            extra.map(([key, values]) => [`Impersonate-Extra-${encodeURIComponent(key)}`, values]),
        ),
    });
}

/** A file's token comes first, as it is the one that is renewed. An OpenID account's is renewed by kubectl alone. */
function tokenOf(user: KubeconfigEntry): string | undefined {
    const file = textIn(user, "tokenFile");
    const provider = user["auth-provider"] as { config?: KubeconfigEntry } | undefined;
    return file !== undefined
        ? readFileSync(file, "utf8").trim()
        : (textIn(user, "token") ?? textIn(provider?.config ?? {}, "id-token"));
}

function bytesIn(entry: KubeconfigEntry, key: string): Buffer | undefined {
    const [data, file] = [textIn(entry, `${key}-data`), textIn(entry, key)];
    return data !== undefined
        ? Buffer.from(data, "base64")
        : file === undefined
          ? undefined
          : readFileSync(file);
}

function textIn(entry: KubeconfigEntry, key: string): string | undefined {
    const value = entry[key];
    return typeof value === "string" && value !== "" ? value : undefined;
}
