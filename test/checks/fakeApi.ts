import { ApiError, ConnectionError, describeRequest } from "../../cluster/apiError";
import { describeAction } from "../../checks/permissions";
import { FakeCluster } from "../cluster/fakeCluster";

export const PROJECTS = "/apis/project.openshift.io/v1/projects";
export const SECRETS = "/api/v1/namespaces/shop/secrets";
export const NODES = "/api/v1/nodes";
export const REVIEWS = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";

export const RULES = "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews";

interface Review {
    spec: {
        resourceAttributes: {
            verb: string;
            group: string;
            resource: string;
            subresource?: string;
            namespace?: string;
            name?: string;
        };
    };
}

/** A node, Ready unless told otherwise. */
export function node(
    name: string,
    architecture: string,
    { ready = "True", cordoned = false }: { ready?: string; cordoned?: boolean } = {},
) {
    return {
        metadata: { name, labels: { "kubernetes.io/arch": architecture } },
        // As the API sends it: no key at all on a node that takes pods.
        spec: cordoned ? { unschedulable: true } : {},
        status: {
            conditions: [
                { type: "MemoryPressure", status: "False" },
                { type: "Ready", status: ready },
            ],
        },
    };
}

/** A cluster on which nothing is missing: namespace `shop`, Secret `push`, two nodes, every right. */
export function readyCluster(): FakeCluster {
    const cluster = new FakeCluster();
    cluster.set(PROJECTS, { metadata: { name: "shop" } });
    cluster.set(SECRETS, pushSecret());
    cluster.set(NODES, node("one", "amd64"));
    cluster.set(NODES, node("two", "arm64"));
    allow(cluster, () => true);
    return cluster;
}

/** The Secret `push`, with an account of quay.io unless told otherwise. */
export function pushSecret(
    config: unknown = { auths: { "quay.io": { auth: base64("robot:p:w") } } },
) {
    const text = typeof config === "string" ? config : JSON.stringify(config);
    return { metadata: { name: "push" }, data: { ".dockerconfigjson": base64(text) } };
}

/** Text as a Secret holds it. */
export function base64(text: string): string {
    return Buffer.from(text).toString("base64");
}

/** Has the cluster tell of these rules, when it is asked for all of them. */
export function tellRules(cluster: FakeCluster, ...resourceRules: object[]): void {
    cluster.on("POST", new RegExp(`^${RULES}$`), (_, body) => ({
        ...(body as object),
        status: { resourceRules, nonResourceRules: [], incomplete: false },
    }));
}

/** Has the cluster answer whether an action, `create pods/log`, is allowed in a namespace; it tells of no rules. */
export function allow(
    cluster: FakeCluster,
    allowed: (action: string, namespace: string | undefined) => boolean,
): void {
    tellRules(cluster);
    cluster.on("POST", new RegExp(`^${REVIEWS}$`), (_, body) => {
        const { verb, group, resource, subresource, namespace, name } = (body as Review).spec
            .resourceAttributes;
        const full = subresource === undefined ? resource : `${resource}/${subresource}`;
        const action = describeAction({
            ...{ verb, group, resource: full },
            ...(name !== undefined && { name }),
        });
        return { ...(body as Review), status: { allowed: allowed(action, namespace) } };
    });
}

/** Has the cluster not tell of its rules. */
export function forbidRules(cluster: FakeCluster): void {
    cluster.on("POST", new RegExp(`^${RULES}$`), (asked) => {
        throw new ApiError(403, "Forbidden", "no", describeRequest("POST", asked));
    });
}

/** Has the cluster refuse to read what matches. */
export function forbid(cluster: FakeCluster, path: RegExp, status = 403): void {
    cluster.on("GET", path, (asked) => {
        const reason = status === 403 ? "Forbidden" : "Unauthorized";
        throw new ApiError(status, reason, "no", describeRequest("GET", asked));
    });
}

/** Has the cluster not answer at all. */
export function unplug(cluster: FakeCluster): void {
    cluster.on("GET", /./, (asked) => {
        throw new ConnectionError(
            describeRequest("GET", asked),
            "https://api.example.com:6443",
            "connect ECONNREFUSED 192.0.2.1:6443",
            true,
        );
    });
}
