import { quay } from "../../sandbox/settings";
import { run, succeeded } from "../../e2e/run";
import { Regctl } from "../regctl";
import {
    type Manifest,
    type SeedService,
    pushSecret,
    seedDestination,
    seedManifests,
} from "./manifests";

/** A service that the program runs already, which the seed's is to equal. */
export interface Pattern {
    readonly namespace: string;
    readonly name: string;
    /** Its image, by digest. */
    readonly reference: string;
}

/**
 * Makes what the guide has made once, before its script runs: Secret, BuildConfigs and so on, and a Deployment that
 * runs. That one equals the program's (replicas, probes, resources), so that the two rollouts compare; as in the guide,
 * its image is by tag and always pulled, and it names no strategy.
 */
export async function setUpSeed(
    services: readonly { readonly seed: SeedService; readonly pattern: Pattern }[],
): Promise<void> {
    const [namespace = ""] = services.map(({ seed }) => seed.namespace);
    const oc = async (args: readonly string[], input = "") =>
        succeeded(await run(["oc", "-n", namespace, ...args], { input }));
    const items = services.flatMap(({ seed }) => seedManifests(seed).setUp);
    await create(oc, [secret(), ...items]);
    const regctl = await Regctl.forQuay();
    for (const { seed, pattern } of services) {
        // Something to run before the first run of the script.
        await regctl.copy(pattern.reference, `${seedDestination(seed)}:latest`);
    }
    const running = await Promise.all(
        services.map(async ({ seed, pattern }) => runningObjects(seed, pattern)),
    );
    await create(oc, running.flat());
    for (const { seed } of services) {
        await oc(["rollout", "status", `deployment/${seed.name}`, "--timeout=5m"]);
    }
}

async function create(
    oc: (args: readonly string[], input?: string) => Promise<string>,
    items: readonly Manifest[],
): Promise<void> {
    await oc(["create", "-f", "-"], JSON.stringify({ apiVersion: "v1", kind: "List", items }));
}

function secret(): Manifest {
    const auth = Buffer.from(`${quay.user}:${quay.password}`).toString("base64");
    const account = { username: quay.user, password: quay.password, auth };
    return {
        apiVersion: "v1",
        kind: "Secret",
        metadata: { name: pushSecret },
        type: "kubernetes.io/dockerconfigjson",
        stringData: {
            ".dockerconfigjson": JSON.stringify({ auths: { [quay.host]: account } }),
        },
    };
}

/** The Deployment and the ConfigMap of the pattern, as the seed's. */
async function runningObjects(seed: SeedService, pattern: Pattern): Promise<Manifest[]> {
    const names = [`deployment/${pattern.name}`, `configmap/${pattern.name}-config`];
    const list = JSON.parse(
        succeeded(await run(["oc", "-n", pattern.namespace, "get", ...names, "-o", "json"])),
    ) as { items: Manifest[] };
    return list.items.map((object) => {
        const text = JSON.stringify(object["spec"] ?? null).replaceAll(pattern.name, seed.name);
        const spec = JSON.parse(text) as DeploymentSpec | null;
        const { apiVersion, kind } = object;
        const metadata = { name: object.metadata.name.replace(pattern.name, seed.name) };
        if (spec === null) {
            return { apiVersion, kind, metadata, data: object["data"] };
        }
        delete spec.strategy;
        const pod = spec.template.spec;
        pod.imagePullSecrets = [{ name: pushSecret }];
        for (const container of pod.containers) {
            container.image = `${seedDestination(seed)}:latest`;
            container.imagePullPolicy = "Always";
        }
        return { apiVersion, kind, metadata, spec };
    });
}

interface DeploymentSpec {
    strategy?: unknown;
    template: { spec: PodSpec };
}

interface PodSpec {
    imagePullSecrets: { name: string }[];
    containers: { image: string; imagePullPolicy: string }[];
}
