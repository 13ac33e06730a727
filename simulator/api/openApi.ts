import { apiVersionOf, type Kind, KINDS } from "./kinds";
import type { Json } from "./types";

/** Answers what kubectl asks of the API's own description; undefined for another path. No field of any kind is described. */
export function openApi(path: string): Json | undefined {
    if (path === "/openapi/v2") {
        const info = { title: "Simulated OpenShift", version: "v1.36.2" };
        return { swagger: "2.0", info, paths: {}, definitions: {} };
    }
    if (path === "/openapi/v3") {
        const versions = [...new Set(KINDS.map(rootOf))];
        return {
            paths: Object.fromEntries(
                versions.map((it) => [it, { serverRelativeURL: `/openapi/v3/${it}` }]),
            ),
        };
    }
    const [, root = ""] = /^\/openapi\/v3\/(.+)$/.exec(path) ?? [];
    const kinds = KINDS.filter((it) => rootOf(it) === root);
    return kinds.length === 0 ? undefined : document(kinds);
}

/** `api/v1` or `apis/apps/v1`. */
function rootOf(kind: Kind): string {
    return `${kind.group === "" ? "api" : "apis"}/${apiVersionOf(kind)}`;
}

/** Says of each kind that it can be created and patched with a dry run, and that its server looks at the fields itself. */
function document(kinds: readonly Kind[]): Json {
    const parameter = (name: string) => ({
        name,
        in: "query",
        schema: { type: "string", uniqueItems: true },
    });
    const parameters = ["dryRun", "fieldManager", "fieldValidation", "force"].map(parameter);
    const operation = (kind: Kind, action: string) => ({
        parameters,
        responses: { 200: { description: "OK" } },
        "x-kubernetes-action": action,
        "x-kubernetes-group-version-kind": {
            group: kind.group,
            version: kind.version,
            kind: kind.kind,
        },
    });
    return {
        openapi: "3.0.0",
        info: { title: "Simulated OpenShift", version: "v1.36.2" },
        paths: Object.fromEntries(
            kinds.flatMap((kind) => {
                const within = kind.namespaced ? "/namespaces/{namespace}" : "";
                const collection = `/${rootOf(kind)}${within}/${kind.plural}`;
                return [
                    [collection, { post: operation(kind, "post") }],
                    [`${collection}/{name}`, { patch: operation(kind, "patch") }],
                ];
            }),
        ),
        components: {
            schemas: Object.fromEntries(
                kinds.map((kind) => [
                    `simulated.${kind.kind}`,
                    {
                        type: "object",
                        "x-kubernetes-preserve-unknown-fields": true,
                        "x-kubernetes-group-version-kind": [
                            { group: kind.group, version: kind.version, kind: kind.kind },
                        ],
                    },
                ]),
            ),
        },
    };
}
