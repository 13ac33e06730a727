import { ApiError, describeRequest } from "../../../cluster/apiError";
import type { Cluster } from "../../../cluster/cluster";
import { keptFor, othersIn, ownNamespace } from "../../../cli/stack/namespaceContents";

const resource = (kind: string, name: string) => ({
    urn: `urn:pulumi:dev::multiarch::kubernetes:x:${kind}::${name}`,
    type: `kubernetes:x:${kind}`,
    inputs: { kind, metadata: { name } },
});
const provider = {
    urn: "urn:p",
    type: "pulumi:providers:kubernetes",
    inputs: { kubeconfig: "", context: "staging" },
};
const state = (...resources: object[]) => JSON.stringify({ deployment: { resources } });

/** A cluster with these lists, by the end of their path; anything else is a kind that it does not have. */
function clusterWith(lists: Readonly<Record<string, object[] | number>>): Cluster {
    const get = (path: string) => {
        const list = lists[path.split("/").at(-1) ?? ""] ?? 404;
        return typeof list === "number"
            ? Promise.reject(
                  new ApiError(list, "Refused", "no", describeRequest("GET", path), undefined),
              )
            : Promise.resolve({ items: list });
    };
    return { get } as unknown as Cluster;
}

const object = (name: string, rest: object = {}) => ({ metadata: { name, ...rest } });
const owner = { ownerReferences: [{ kind: "ReplicaSet" }] };
const signal = new AbortController().signal;

describe("ownNamespace", () => {
    it("is the one that the state declares, with what else the stack has there", () => {
        const found = ownNamespace(
            state(provider, resource("Namespace", "shop"), resource("Deployment", "api")),
        );
        expect(found).toEqual({
            name: "shop",
            own: new Set(["Namespace shop", "Deployment api"]),
            cluster: { context: "staging" },
        });
    });

    it.each([
        ["a stack that made none", state(provider, resource("Deployment", "api"))],
        ["an empty state", JSON.stringify({ deployment: {} })],
        ["a stack that was never updated", JSON.stringify({ version: 3 })],
    ])("is none for %s", (_, text) => {
        expect(ownNamespace(text)).toBeUndefined();
    });
});

describe("othersIn", () => {
    const namespace = { name: "shop", own: new Set(["Deployment api"]), cluster: {} };

    it("lists what is not the stack's, not owned, and not everywhere", async () => {
        const cluster = clusterWith({
            deployments: [object("api"), object("legacy")],
            pods: [object("api-1", owner), object("debug")],
            configmaps: [object("kube-root-ca.crt"), object("notes")],
            secrets: [
                { ...object("builder-token"), type: "kubernetes.io/service-account-token" },
                { ...object("by-hand"), type: "Opaque" },
            ],
            serviceaccounts: [object("default"), object("builder"), object("robot")],
            persistentvolumeclaims: [object("data")],
        });
        expect(await othersIn(cluster, namespace, signal)).toEqual({
            objects: [
                "Deployment legacy",
                "Pod debug",
                "PersistentVolumeClaim data",
                "ConfigMap notes",
                "Secret by-hand",
                "ServiceAccount robot",
            ],
            unread: [],
        });
    });

    it("says which kinds the account may not list", async () => {
        const others = await othersIn(clusterWith({ secrets: 403, pods: [] }), namespace, signal);
        expect(others).toEqual({ objects: [], unread: ["Secret"] });
    });

    it("does not hide another error", async () => {
        await expect(othersIn(clusterWith({ pods: 500 }), namespace, signal)).rejects.toThrow("no");
    });
});

describe("keptFor", () => {
    it("is nothing where nothing else lives there", () => {
        expect(keptFor("shop", { objects: [], unread: [] })).toBeUndefined();
    });

    it("names what would go, and how to say that it shall", () => {
        expect(keptFor("shop", { objects: ["Pod debug"], unread: ["Secret"] })).toBe(
            [
                "nothing was destroyed: the stack made the namespace shop, which would go with all that is in it. What is in it and is not the stack's:",
                "  Pod debug",
                "  and what your account may not list: Secret",
                "Next: move it elsewhere; or, to delete it too: npm run destroy -- --with-namespace shop",
            ].join("\n"),
        );
    });

    it("counts what it does not name", () => {
        const objects = Array.from({ length: 23 }, (_, index) => `Pod p${index}`);
        const lines = keptFor("shop", { objects, unread: [] })?.split("\n") ?? [];
        expect(lines).toHaveLength(23);
        expect(lines[21]).toBe("  and 3 more");
    });
});
