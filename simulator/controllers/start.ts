import type { SimClock } from "../clock";
import { BuildController } from "./builds";
import type { Client, Resource } from "./client";
import { DeploymentController } from "./deployments";
import type { Informer } from "./informer";
import { JobController } from "./jobs";
import type { KubeletKit, OpenLog } from "./kubelet/kit";
import { Kubelet } from "./kubelet/kubelet";
import type { Programs, PulledImage, PullImage } from "./kubelet/program";
import { decoded, type FileSources } from "./kubelet/volumes";
import { NodeLifecycle, type NodeOptions } from "./nodes";
import type { Job } from "./jobObjects";
import type { KubeObject, Node, Pod } from "./objects";
import { QuotaController, type ResourceQuota } from "./quotas";
import { Recorder } from "./recorder";
import { ReplicaSetController } from "./replicaSets";
import { Scheduler } from "./scheduler";
import { ServiceAccountController, type TokenOf } from "./serviceAccounts";
import type {
    Build,
    BuildConfig,
    ConfigMap,
    Deployment,
    ImageStream,
    ReplicaSet,
    Secret,
    ServiceAccount,
} from "./workloads";

/** What controllers are started with. */
export interface ControllerParts {
    readonly client: Client;
    readonly clock: SimClock;
    readonly informer: <T extends KubeObject>(resource: Resource) => Informer<T>;
    readonly nodes: readonly NodeOptions[];
    readonly signal: AbortSignal;
    readonly report: (error: unknown) => void;
    readonly programs: Programs;
    readonly pull: PullImage;
    readonly openLog: OpenLog;
    /** Whether every node has an image from the start. */
    readonly present: (image: string) => boolean;
    readonly tokenOf: TokenOf;
}

/** Controllers that run. */
export interface StartedControllers {
    readonly kubelets: ReadonlyMap<string, Kubelet>;
    readonly lifecycle: NodeLifecycle;
    readonly pods: Informer<Pod>;
    /** Resolves when they have seen what there is. */
    readonly ready: Promise<void>;
}

/** Starts the controllers of a cluster and a kubelet for each node. */
export function startControllers(parts: ControllerParts): StartedControllers {
    const { client, clock, signal, informer, report } = parts;
    const pods = informer<Pod>("pods");
    const nodes = informer<Node>("nodes");
    const jobs = informer<Job>("jobs");
    const deployments = informer<Deployment>("deployments");
    const sets = informer<ReplicaSet>("replicasets");
    const builds = informer<Build>("builds");
    const buildConfigs = informer<BuildConfig>("buildconfigs");
    const streams = informer<ImageStream>("imagestreams");
    const accounts = informer<ServiceAccount>("serviceaccounts");
    const namespaces = informer<KubeObject>("namespaces");
    const secrets = informer<Secret>("secrets");
    const configMaps = informer<ConfigMap>("configmaps");
    const quotas = informer<ResourceQuota>("resourcequotas");
    const recorder = (component: string) => new Recorder(client, clock, component);
    const lifecycle = new NodeLifecycle(
        client,
        clock,
        recorder("node-controller"),
        recorder("taint-eviction-controller"),
        nodes,
        pods,
        signal,
    );
    const known = { builds, buildConfigs, pods, streams, accounts };
    const controllers = [
        lifecycle,
        new Scheduler(client, clock, recorder("default-scheduler"), pods, nodes, signal),
        new JobController(client, clock, recorder("job-controller"), jobs, pods, signal),
        new DeploymentController(
            client,
            clock,
            recorder("deployment-controller"),
            deployments,
            sets,
            signal,
        ),
        new ReplicaSetController(
            client,
            clock,
            recorder("replicaset-controller"),
            sets,
            pods,
            signal,
        ),
        new BuildController(client, clock, recorder("build-controller"), known, signal),
        new ServiceAccountController(client, clock, namespaces, accounts, parts.tokenOf, signal),
        new QuotaController(client, clock, quotas, pods, signal),
    ];
    const files = { secrets, configMaps, pods };
    const kubelets = new Map(
        parts.nodes.map((node, at) => [
            node.name,
            new Kubelet(kitFor(parts, node, at, files), pods),
        ]),
    );
    controllers.forEach((controller) => {
        controller.start();
    });
    for (const kubelet of kubelets.values()) {
        kubelet.start();
    }
    const all = [
        nodes,
        pods,
        jobs,
        deployments,
        sets,
        builds,
        buildConfigs,
        streams,
        accounts,
        namespaces,
        secrets,
        configMaps,
        quotas,
    ];
    const ready = Promise.all(all.map((it) => it.start(signal))).then(
        () => undefined,
        (error: unknown) => {
            if (!signal.aborted) {
                report(error);
            }
        },
    );
    return { kubelets, lifecycle, pods, ready };
}

function kitFor(
    parts: ControllerParts,
    node: NodeOptions,
    at: number,
    {
        secrets,
        configMaps,
        pods,
    }: { secrets: Informer<Secret>; configMaps: Informer<ConfigMap>; pods: Informer<Pod> },
): KubeletKit {
    const { client, clock, programs, pull, openLog, tokenOf } = parts;
    let addresses = 1;
    let containers = 0;
    const pulled = new Map<string, PulledImage>();
    const sources = (pod: Pod): FileSources => {
        const { namespace = "", name } = pod.metadata;
        return {
            secret: (of, secret) => secrets.get(of, secret),
            configMap: (of, map) => configMaps.get(of, map),
            pod: () => pods.get(namespace, name) ?? pod,
            token: () => tokenOf(namespace, pod.spec.serviceAccountName ?? "default"),
        };
    };
    return {
        client,
        clock,
        recorder: new Recorder(client, clock, "kubelet", node.name),
        node: { name: node.name, architecture: node.architecture, address: `10.89.0.${at + 1}` },
        programs,
        pull,
        openLog,
        report: parts.report,
        images: {
            get: (image) =>
                pulled.get(image) ??
                (parts.present(image) ? { image, imageID: image, bytes: 0 } : undefined),
            set: (image, found) => {
                pulled.set(image, found);
            },
        },
        sources,
        pullCredentials: ({ metadata, spec }) =>
            (spec.imagePullSecrets ?? []).flatMap(({ name }) => {
                const secret = secrets.get(metadata.namespace ?? "", name);
                const config = secret && decoded(secret, ".dockerconfigjson");
                return config === undefined ? [] : [config];
            }),
        nextAddress: () => `10.89.${16 + at}.${++addresses}`,
        nextContainer: () => `simulated://${node.name}-${++containers}`,
    };
}
