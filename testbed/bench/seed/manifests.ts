import { readFileSync } from "node:fs";
import { join } from "node:path";

import { parseAllDocuments } from "yaml";

import { paths, quay } from "../../sandbox/settings";

/** One service that the seed guide builds and rolls out. */
export interface SeedService {
    readonly namespace: string;
    /** Takes the place of the guide's `context-api`. */
    readonly name: string;
    readonly gitUrl: string;
}

/** An object of the API, as far as it is looked at here. */
export interface Manifest {
    readonly apiVersion: string;
    readonly kind: string;
    readonly metadata: { readonly name: string; readonly [key: string]: unknown };
    readonly [key: string]: unknown;
}

/** What the guide has applied once, and the Job that its script creates in every run. */
export interface SeedManifests {
    readonly setUp: readonly Manifest[];
    readonly job: Manifest;
}

/** Name of the Secret that the guide creates first. */
export const pushSecret = "quay-io-push-secret";

/** What the guide creates, written from its text. */
const file = join(paths.repository, "testbed/e2e/seed/guide-build.yaml");

/** Repository that the guide's Job pushes to. */
export function seedDestination({ namespace, name }: SeedService): string {
    return `${quay.host}/${namespace}/${name}`;
}

/**
 * The guide's objects for a service. What is not as in the guide, and why:
 *
 * - names, namespace, Git repository and destination are the service's;
 * - each BuildConfig has a nodeSelector: without it an image is of the architecture of whichever node it was built on;
 * - each BuildConfig has a pull Secret: the sandbox's quay.io gives nothing without an account;
 * - there is no trigger, which would start a build when the BuildConfig is created;
 * - `buildah login` has its flags before the registry: the other way round it fails ("too many arguments");
 * - the Job runs on the amd64 node, like the program's, so that no round depends on where it happens to run;
 * - the privileged SCC (the guide's last hint) and the right to pull are bound by RoleBindings.
 */
export function seedManifests(service: SeedService): SeedManifests {
    const text = readFileSync(file, "utf8")
        .replaceAll("docker/context-api.Dockerfile", "DOCKERFILE")
        .replaceAll("context-api", service.name)
        .replaceAll("DOCKERFILE", "docker/context-api.Dockerfile")
        .replaceAll("kubernaut-system", service.namespace)
        .replaceAll("quay.io/jordigilh", `${quay.host}/${service.namespace}`)
        .replaceAll("https://github.com/jordigilh/kubernaut.git", service.gitUrl)
        .replaceAll("feature/phase2_services", "main");
    const all = parseAllDocuments(text).map((it) => it.toJS() as Manifest);
    const [job] = all.filter(({ kind }) => kind === "Job");
    if (job === undefined) {
        throw new Error(`${file} has no Job`);
    }
    const objects = all.filter(({ kind }) => kind !== "Job").map(withNode);
    const account = `${service.name}-manifest-builder`;
    const roles = ["system:openshift:scc:privileged", "system:image-puller"];
    return {
        setUp: [...objects, ...roles.map((role) => binding(account, role))],
        job: onAmd64(job),
    };
}

/** A BuildConfig as the sandbox needs it; any other object as it is. */
function withNode(object: Manifest): Manifest {
    if (object.kind !== "BuildConfig") {
        return object;
    }
    const spec = { ...(object["spec"] as Record<string, unknown>) };
    delete spec["triggers"];
    const { dockerStrategy } = spec["strategy"] as { dockerStrategy: object };
    const { labels } = object.metadata as unknown as { labels: { architecture: string } };
    return {
        ...object,
        spec: {
            ...spec,
            nodeSelector: { "kubernetes.io/arch": labels.architecture },
            strategy: {
                type: "Docker",
                dockerStrategy: { ...dockerStrategy, pullSecret: { name: pushSecret } },
            },
        },
    };
}

function onAmd64(job: Manifest): Manifest {
    const spec = structuredClone(job["spec"]) as { template: { spec: Record<string, unknown> } };
    spec.template.spec["nodeSelector"] = { "kubernetes.io/arch": "amd64" };
    return { ...job, spec };
}

function binding(account: string, role: string): Manifest {
    return {
        apiVersion: "rbac.authorization.k8s.io/v1",
        kind: "RoleBinding",
        metadata: { name: `${account}-${role.split(":").at(-1) ?? role}` },
        roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: role },
        subjects: [{ kind: "ServiceAccount", name: account }],
    };
}
