import { type Kind, kindOf } from "./kinds";

/** What a path of the API names. */
export interface RequestPath {
    readonly path: string;
    readonly query: URLSearchParams;
    readonly group: string;
    readonly version: string;
    /** Resource as the path has it: `pods`. */
    readonly plural: string;
    readonly kind: Kind | undefined;
    readonly namespace: string | undefined;
    readonly name: string | undefined;
    /** `status`, `log`, `proxy/path`. */
    readonly subresource: string | undefined;
}

/** Reads a path; undefined where it names no resource, as `/version` does. */
export function readPath(target: string): RequestPath | undefined {
    const url = new URL(target, "http://api.invalid");
    const parts = url.pathname
        .split("/")
        .filter((part) => part !== "")
        .map(decodeURIComponent);
    const [root, ...rest] = parts;
    const [group, version, ...inside] =
        root === "api" ? ["", ...rest] : root === "apis" ? rest : [undefined];
    if (group === undefined || version === undefined || inside.length === 0) {
        return undefined;
    }
    // `namespaces/shop` is an object, `namespaces/shop/pods` a collection in it, `namespaces/shop/status` a part of it.
    const within =
        inside[0] === "namespaces" &&
        inside.length > 2 &&
        !["status", "finalize"].includes(inside[2] ?? "");
    const [plural = "", name, ...sub] = within ? inside.slice(2) : inside;
    const kind = kindOf(group, plural);
    return {
        path: url.pathname,
        query: url.searchParams,
        group,
        version,
        plural,
        kind: kind?.version === version ? kind : undefined,
        namespace: within ? inside[1] : undefined,
        name,
        subresource: sub.length === 0 ? undefined : sub.join("/"),
    };
}

/** The verb of a request, as RBAC names it. */
export function verbOf(method: string, { name, query }: RequestPath): string {
    switch (method) {
        case "POST":
            return "create";
        case "PUT":
            return "update";
        case "PATCH":
            return "patch";
        case "DELETE":
            return name === undefined ? "deletecollection" : "delete";
        default:
            return isWatch(query) ? "watch" : name === undefined ? "list" : "get";
    }
}

/** Whether a query asks for a watch. */
export function isWatch(query: URLSearchParams): boolean {
    return ["true", "1"].includes(query.get("watch") ?? "");
}
