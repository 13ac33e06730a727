import { setMaxListeners } from "node:events";

import { randomUUID } from "node:crypto";

import { MASTERS } from "./api/access";
import { Api } from "./api/api";
import type { Store } from "./api/store";
import type { User } from "./api/types";
import { Causes } from "./causes/causes";
import { type SimClock, scaledClock } from "./clock";
import { apiClient } from "./controllers/apiClient";
import { BUILDER_IMAGE, INTERNAL_REGISTRY } from "./controllers/buildPod";
import { type BuildRequest, instantiate } from "./controllers/buildRequests";
import type { Client, Resource } from "./controllers/client";
import { imagePushed } from "./controllers/imageStreams";
import { Informer } from "./controllers/informer";
import type { Program } from "./controllers/kubelet/program";
import { type NodeOptions, nodeObject } from "./controllers/nodes";
import type { KubeObject } from "./controllers/objects";
import { startControllers } from "./controllers/start";
import type { Image } from "./images/oci";
import { application, type ApplicationBehaviour } from "./programs/application";
import { builderPrograms } from "./programs/builder";
import { publisherScript } from "./programs/publisherScript";
import { pullFrom } from "./programs/pulling";
import { builderWorld, type WorldParts } from "./programs/world";
import type { Registry } from "./registry/registry";

/** What a simulated cluster is made of. */
export interface ClusterOptions {
    readonly nodes: readonly NodeOptions[];
    readonly internal: Registry;
    readonly published: { readonly registry: Registry; readonly host: string };
    readonly repositoryOf: (url: string) => string;
    /** Folder for what pods have on their disks; whoever made it removes it. */
    readonly scratch: string;
    /** Takes what a controller could not do: a fault of the simulation. */
    readonly report: (error: unknown) => void;
    /** @default this machine's time, twenty times as fast */
    readonly clock?: SimClock;
    /** The internal registry's name, as the program writes it. @default OpenShift's */
    readonly internalHost?: string;
    /** What publisher pods run. @default their own script, by this machine's `sh` */
    readonly publisher?: Program;
    /** What an application does, by its image. @default it serves */
    readonly behaviour?: (image: string) => ApplicationBehaviour;
    /** Bases that cannot be had, and RUNs that fail. @default none */
    readonly trouble?: Pick<WorldParts, "baseProblem" | "runProblem">;
    /** Accounts that have a token. @default `admin`, who may do everything */
    readonly users?: readonly User[];
}

/** A cluster that is simulated in this process. */
export interface SimulatedCluster {
    readonly api: Api;
    readonly store: Store;
    readonly clock: SimClock;
    readonly client: Client;
    /** What can happen to it. */
    readonly causes: Causes;
    /** Resolves when its controllers have seen what there is. */
    readonly ready: Promise<void>;
    /** Ends its controllers and all that runs in its pods. */
    close(): void;
}

/** A cluster with these nodes, whose controllers run until it is closed. */
export function simulateCluster(options: ClusterOptions): SimulatedCluster {
    const { internal, published, behaviour = () => ({}) } = options;
    const clock = options.clock ?? scaledClock(20);
    const closing = new AbortController();
    // Much waits for its end.
    setMaxListeners(0, closing.signal);
    const admin = { name: "admin", groups: [MASTERS], token: randomUUID() };
    const api = new Api({ clock, users: options.users ?? [admin] });
    const client = apiClient(api, clock);
    const hosts = [INTERNAL_REGISTRY, options.internalHost];
    const registryOf = (host: string) =>
        hosts.includes(host) ? internal : host === published.host ? published.registry : undefined;
    const world = builderWorld({
        ...options.trouble,
        repositoryOf: options.repositoryOf,
        registryOf,
        pushed: (host, repository, tag, image) =>
            hosts.includes(host)
                ? tellStream(client, clock, repository, tag, image)
                : Promise.resolve(),
    });
    const builders = builderPrograms(client, world);
    const applications = application(behaviour);
    const publisher = options.publisher ?? publisherScript(options.scratch);
    api.extend({
        method: "POST",
        path: /^\/apis\/build\.openshift\.io\/v1\/namespaces\/([^/]+)\/buildconfigs\/([^/]+)\/instantiate$/,
        answer: async ([, namespace = "", name = ""], { body }) => ({
            status: 201,
            body: await instantiate(client, clock, namespace, name, body as BuildRequest),
        }),
    });
    const born = options.nodes.map((node, at) =>
        client.create("nodes", "", nodeObject(node, `10.89.0.${at + 1}`, clock)),
    );
    const informer = <T extends KubeObject>(resource: Resource) =>
        new Informer<T>(client, resource, clock);
    const started = startControllers({
        client,
        clock,
        informer,
        nodes: options.nodes,
        signal: closing.signal,
        report: options.report,
        programs: (_, { name, image, command }) =>
            (image === BUILDER_IMAGE ? builders[name] : undefined) ??
            (command?.includes("/input/publish.sh") === true ? publisher : applications),
        pull: pullFrom(registryOf),
        openLog: (pod, container, run) => api.logs.open(pod, container, run),
        present: (image) =>
            image === BUILDER_IMAGE || registryOf(image.split("/")[0] ?? "") === undefined,
        tokenOf: (namespace, account) => `simulated-${namespace}-${account}`,
    });
    const { kubelets, lifecycle, pods } = started;
    const causes = new Causes({ client, clock, kubelets, lifecycle, pods, signal: closing.signal });
    return {
        api,
        store: api.store,
        clock,
        client,
        causes,
        ready: Promise.all([...born, started.ready]).then(() => undefined),
        close: () => {
            closing.abort(new Error("the simulated cluster is closed"));
            for (const kubelet of kubelets.values()) {
                kubelet.stop();
            }
            api.cutWatches();
        },
    };
}

async function tellStream(
    client: Client,
    clock: SimClock,
    path: string,
    tag: string,
    { manifest, mediaType, blobs }: Image,
): Promise<void> {
    const [namespace = "", stream = ""] = path.split("/");
    const text = (manifest.content as Buffer).toString("utf8");
    const parts = JSON.parse(text) as {
        config: { digest: string };
        layers: { digest: string; size: number; mediaType: string }[];
    };
    const config = blobs.find(({ digest }) => digest === parts.config.digest)?.content as Buffer;
    await imagePushed(client, clock, {
        namespace,
        stream,
        tag,
        digest: manifest.digest,
        mediaType,
        manifest: text,
        config: JSON.parse(config.toString("utf8")) as Record<string, unknown>,
        layers: parts.layers,
    });
}
