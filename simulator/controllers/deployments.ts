import { createHash } from "node:crypto";

import { type ApiObject, StoreError } from "../api/store";
import { ask, collections, ownedBy, type Place, type SimulatedNode } from "./place";

interface DeploymentSpec {
    readonly replicas?: number;
    readonly selector: { readonly matchLabels: Readonly<Record<string, string>> };
    readonly template: {
        readonly metadata: { readonly labels: Readonly<Record<string, string>> };
        readonly spec: { readonly containers: readonly { readonly image: string }[] };
    };
}

const REVISION = "deployment.kubernetes.io/revision";

/** Brings the pods of a Deployment to its newest template: new ones first, then the old ones go. */
export async function rollOut(
    place: Place,
    namespace: string,
    deployment: ApiObject,
): Promise<void> {
    const { api, store, pause } = place;
    const spec = deployment.spec as unknown as DeploymentSpec;
    const { name, uid, generation } = deployment.metadata;
    const replicas = spec.replicas ?? 1;
    const hash = createHash("sha256")
        .update(JSON.stringify(spec.template))
        .digest("hex")
        .slice(0, 10);
    const path = `${collections.deployments(namespace)}/${name}`;
    const sets = store
        .list(collections.replicaSets(namespace))
        .filter(({ metadata }) => metadata.ownerReferences?.some((owner) => owner.uid === uid));
    const known = sets.find(({ metadata }) => metadata.labels?.["pod-template-hash"] === hash);
    const revision = known?.metadata.annotations?.[REVISION] ?? String(sets.length + 1);
    await ask(api, "PATCH", path, { metadata: { annotations: { [REVISION]: revision } } });
    const labels = { ...spec.template.metadata.labels, "pod-template-hash": hash };
    const set =
        known ??
        (await ask(api, "POST", collections.replicaSets(namespace), {
            apiVersion: "apps/v1",
            kind: "ReplicaSet",
            metadata: {
                name: `${name}-${hash}`,
                namespace,
                labels,
                annotations: { [REVISION]: revision },
                ownerReferences: ownedBy({ ...deployment, kind: "Deployment" }),
            },
            spec: { replicas },
        }));
    const isNewest = () =>
        store.get(collections.deployments(namespace), name)?.metadata.generation === generation;
    const status = (ready: number, all: number) =>
        ask(api, "PATCH", path, {
            status: {
                observedGeneration: generation,
                replicas: all,
                updatedReplicas: ready,
                availableReplicas: ready,
            },
        });
    const old = podsOf(place, namespace, spec).filter(
        ({ metadata }) => metadata.labels?.["pod-template-hash"] !== hash,
    );
    const own = podsOf(place, namespace, spec).length - old.length;
    await status(own, own + old.length);
    for (let number = own; number < replicas && isNewest(); number += 1) {
        await startPod(place, namespace, set, labels, spec, number);
        await pause(50);
        await status(number + 1, number + 1 + old.length);
    }
    for (const pod of isNewest() ? old : []) {
        await ask(api, "DELETE", `${collections.pods(namespace)}/${pod.metadata.name}`);
    }
    if (isNewest()) {
        await status(replicas, replicas);
    }
}

function podsOf({ store }: Place, namespace: string, spec: DeploymentSpec): ApiObject[] {
    const labels = Object.entries(spec.selector.matchLabels);
    return store
        .list(collections.pods(namespace))
        .filter(({ metadata }) => labels.every(([key, value]) => metadata.labels?.[key] === value))
        .filter(({ metadata }) => metadata.labels?.["pod-template-hash"] !== undefined);
}

async function startPod(
    place: Place,
    namespace: string,
    set: ApiObject,
    labels: Readonly<Record<string, string>>,
    spec: DeploymentSpec,
    number: number,
): Promise<void> {
    const { api, nodes } = place;
    const node = nodes[number % nodes.length];
    const image = spec.template.spec.containers[0]?.image ?? "";
    if (node === undefined) {
        throw new StoreError(500, "InternalError", "the cluster has no nodes");
    }
    const digest = imageFor(place, image, node);
    await ask(api, "POST", collections.pods(namespace), {
        apiVersion: "v1",
        kind: "Pod",
        metadata: {
            name: `${set.metadata.name}-${number}`,
            namespace,
            labels,
            ownerReferences: ownedBy({ ...set, kind: "ReplicaSet" }),
        },
        spec: { ...spec.template.spec, nodeName: node.name },
        status: {
            phase: "Running",
            conditions: [{ type: "Ready", status: "True" }],
            containerStatuses: [{ name: "app", image, imageID: digest, state: { running: {} } }],
        },
    });
}

/** The digest that a node pulls of a list: its own architecture's. Throws as a kubelet does where there is none. */
function imageFor(
    { published }: Place,
    reference: string,
    { architecture }: SimulatedNode,
): string {
    const [, host, repository = "", digest = ""] =
        /^([^/]+)\/([^@]+)@(sha256:[0-9a-f]{64})$/.exec(reference) ?? [];
    const list =
        host === published.host
            ? published.registry.repository(repository).manifest(digest)
            : undefined;
    const { manifests = [] } = JSON.parse(list?.bytes.toString() ?? "{}") as {
        manifests?: { digest: string; platform: { architecture: string } }[];
    };
    const own = manifests.find(({ platform }) => platform.architecture === architecture);
    if (own === undefined) {
        throw new Error(
            `no image found in image index for architecture "${architecture}", OS "linux"`,
        );
    }
    return own.digest;
}
