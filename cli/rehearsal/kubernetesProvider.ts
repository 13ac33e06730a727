import type { Api } from "../../simulator/api/api";
import type { Properties } from "../engine/monitor";
import type { Provider, StateResource } from "../engine/update";

/** Resources of the API by kind. */
const RESOURCES: Readonly<Record<string, string>> = {
    Namespace: "namespaces",
    Secret: "secrets",
    ConfigMap: "configmaps",
    Service: "services",
    ServiceAccount: "serviceaccounts",
    Role: "roles",
    RoleBinding: "rolebindings",
    Job: "jobs",
    Deployment: "deployments",
    ImageStream: "imagestreams",
    BuildConfig: "buildconfigs",
};

interface KubernetesObject {
    readonly apiVersion: string;
    readonly kind: string;
    readonly metadata: { readonly name: string; readonly namespace?: string };
    readonly [key: string]: unknown;
}

/** Stands in for Pulumi's Kubernetes provider: writes objects into the simulated cluster's API. */
export function kubernetesProvider(api: Api): Provider {
    const ask = async (method: string, path: string, body?: unknown) => {
        const { status, body: answer } = await api.handle({ method, path, body });
        if (status >= 400) {
            throw new Error((answer as { message: string }).message);
        }
        return answer as Properties;
    };
    return {
        create: async (_, inputs) => {
            const object = objectOf(inputs);
            const outputs = await ask("POST", collectionOf(object), object);
            const { namespace, name } = object.metadata;
            return { id: namespace === undefined ? name : `${namespace}/${name}`, outputs };
        },
        update: async (_, inputs) => {
            const object = objectOf(inputs);
            return ask("PATCH", `${collectionOf(object)}/${object.metadata.name}`, object);
        },
        // A Job's template never changes (Kubernetes refuses it), nor does what an object is called.
        replaces: (before, inputs) => {
            const [one, other] = [objectOf(before.inputs), objectOf(inputs)];
            return (
                one.metadata.name !== other.metadata.name ||
                one.metadata.namespace !== other.metadata.namespace ||
                (one.kind === "Job" &&
                    JSON.stringify(one["spec"]) !== JSON.stringify(other["spec"]))
            );
        },
        delete: async (resource: StateResource) => {
            const object = objectOf(resource.inputs);
            await ask("DELETE", `${collectionOf(object)}/${object.metadata.name}`);
        },
        invoke: ({ token }) => Promise.reject(new Error(`nobody answers ${token} here`)),
    };
}

function collectionOf({ apiVersion, kind, metadata }: KubernetesObject): string {
    const resource = RESOURCES[kind];
    if (resource === undefined) {
        throw new Error(`the simulated cluster has no ${kind}`);
    }
    const api = apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
    return metadata.namespace === undefined
        ? `${api}/${resource}`
        : `${api}/namespaces/${metadata.namespace}/${resource}`;
}

/** An object as the API keeps it: a Secret's texts are in base64 there. */
function objectOf(inputs: Properties): KubernetesObject {
    const object = inputs as unknown as KubernetesObject;
    const texts = object["stringData"] as Readonly<Record<string, string>> | undefined;
    if (texts === undefined) {
        return object;
    }
    const data = Object.entries(texts).map(([key, text]) => [
        key,
        Buffer.from(text).toString("base64"),
    ]);
    return { ...object, stringData: undefined, data: Object.fromEntries(data) as object };
}
