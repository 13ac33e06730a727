import { apiVersionOf, type Kind } from "./kinds";
import type { RequestPath } from "./requestPath";
import { selectionOf } from "./selector";
import { badRequest, expired, StatusError } from "./statusError";
import type { Store } from "./store";
import { keyOf } from "./store";
import type { ApiObject, Json } from "./types";

/** Where a list that is read in pages goes on. */
interface Continue {
    readonly v: "meta.k8s.io/v1";
    readonly rv: number;
    /** Key of the last object that was given. */
    readonly start: string;
}

/**
 * Answers a list: selected, and in pages where it is limited. Throws a StatusError of 400 for what cannot be read, of 410 for a
 * version that is forgotten and of 504 for one that is not there yet.
 */
export function list(store: Store, kind: Kind, { query, namespace }: RequestPath): Json {
    const selected = selectionOf(kind, query);
    const limit = Number(query.get("limit") ?? "0");
    const token = readToken(query.get("continue") ?? "");
    const version = token?.rv ?? exactVersion(store, query) ?? store.currentVersion;
    const all = objectsAt(store, kind, namespace, version, token !== undefined);
    const left = all.filter(
        ({ metadata }) =>
            token === undefined || keyOf(metadata.namespace, metadata.name) > token.start,
    );
    const matching = left.filter(selected);
    const items = limit > 0 ? matching.slice(0, limit) : matching;
    const rest = matching.length - items.length;
    const last = items.at(-1);
    const next =
        rest > 0 && last !== undefined
            ? tokenOf({
                  v: "meta.k8s.io/v1",
                  rv: version,
                  start: keyOf(last.metadata.namespace, last.metadata.name),
              })
            : undefined;
    const isWhole = !query.has("labelSelector") && !query.has("fieldSelector");
    return {
        kind: `${kind.kind}List`,
        apiVersion: apiVersionOf(kind),
        metadata: {
            resourceVersion: String(version),
            ...(next !== undefined && { continue: next }),
            ...(next !== undefined && isWhole && { remainingItemCount: rest }),
        },
        // The list says once what its objects are.
        items: items.map(untyped),
    };
}

function untyped(object: ApiObject): Json {
    return Object.fromEntries(
        Object.entries(object).filter(([key]) => key !== "kind" && key !== "apiVersion"),
    );
}

function objectsAt(
    store: Store,
    kind: Kind,
    namespace: string | undefined,
    version: number,
    isContinued: boolean,
): ApiObject[] {
    try {
        return version === store.currentVersion
            ? store.list(kind, namespace)
            : store.listAt(kind, namespace, version);
    } catch (error) {
        if (isContinued && error instanceof StatusError && error.code === 410) {
            throw expired(
                "The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter.",
            );
        }
        throw error;
    }
}

/** The version that exactly is asked for; undefined where the newest is as good. */
function exactVersion(store: Store, query: URLSearchParams): number | undefined {
    const text = query.get("resourceVersion") ?? "";
    const match = query.get("resourceVersionMatch") ?? "";
    if (text === "") {
        return undefined;
    }
    const version = readVersion(text);
    if (version > store.currentVersion) {
        throw new StatusError(
            504,
            "Timeout",
            `Too large resource version: ${version}, current: ${store.currentVersion}`,
            {
                causes: [
                    {
                        reason: "ResourceVersionTooLarge",
                        message: "Too large resource version",
                    },
                ],
                retryAfterSeconds: 1,
            },
        );
    }
    return match === "Exact" ? version : undefined;
}

/** Reads a resourceVersion. Throws a StatusError of 400 where it is none. */
export function readVersion(text: string): number {
    if (!/^[0-9]+$/.test(text)) {
        throw badRequest(`Invalid value: "${text}": strconv.ParseUint: parsing: invalid syntax`);
    }
    return Number(text);
}

function tokenOf(token: Continue): string {
    return Buffer.from(JSON.stringify(token)).toString("base64url");
}

function readToken(text: string): Continue | undefined {
    if (text === "") {
        return undefined;
    }
    try {
        const { v, rv, start } = JSON.parse(
            Buffer.from(text, "base64url").toString(),
        ) as Partial<Continue>;
        if (v === "meta.k8s.io/v1" && typeof rv === "number" && typeof start === "string") {
            return { v, rv, start };
        }
    } catch {
        // Said below, as for any other text that is no token.
    }
    throw badRequest("continue key is not valid");
}
