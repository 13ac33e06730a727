import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { command } from "../command";
import { tail } from "../component";
import { insidePrefix } from "../namespaces";
import { answers, ask } from "../probes";
import { probeNamespace } from "../readiness";
import { network, paths } from "../settings";
import { until } from "../progress";

const namespaces = [
    "openshift",
    "openshift-apiserver",
    "openshift-controller-manager",
    "openshift-image-registry",
    "openshift-infra",
    "openshift-kube-controller-manager",
    probeNamespace,
];

/** API groups that openshift-apiserver serves. */
const groups = ["apps", "authorization", "build", "image", "project", "route", "template"].map(
    (name) => `${name}.openshift.io`,
);

const folders = ["scc", "openshift-controller-manager", "cluster-policy-controller"];

/** Creates what OpenShift's operators would: kinds, SCCs, roles, Services of what runs outside pods. */
export async function applyObjects(toolchain: string): Promise<void> {
    const manifests = join(toolchain, "manifests");
    const objects = JSON.stringify(list([...clusterObjects(), ...serviceObjects()]));
    const stamp = join(paths.state, "objects-applied");
    const wanted = digestOf(manifests, objects);
    // The stamp lives and dies with etcd's data, in the same folder.
    if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) {
        return;
    }
    // Kinds and namespaces, which the rest of the objects are of and in, come first.
    const first = JSON.stringify(list(namespaceObjects()));
    await apply(toolchain, ["-f", join(manifests, "crds"), "-f", "-"], first);
    const kinds = ["security.openshift.io/v1", "config.openshift.io/v1"];
    await until({
        what: "OpenShift's custom resource definitions",
        seconds: 30,
        why: () => tail("kube-apiserver"),
        holds: async () => {
            const found = await Promise.all(
                kinds.map((it) => answers(`https://node-amd64:6443/apis/${it}`)),
            );
            return found.every(Boolean);
        },
    });
    const files = folders.flatMap((folder) => ["-f", join(manifests, folder)]);
    await apply(toolchain, [...files, "-f", "-"], objects);
    writeFileSync(stamp, wanted);
}

/** Announces openshift-apiserver, which must be ready, to kube-apiserver. */
export async function announceOpenshift(toolchain: string): Promise<void> {
    // The moment is new each time: a change of the EndpointSlice makes kube-apiserver look again at
    // once, which it would else do after a delay that has grown while openshift-apiserver was down.
    const [, announced] = openshiftApiService();
    const annotations = { "sandbox.test/ready": new Date().toISOString() };
    Object.assign(announced.metadata, { annotations });
    await apply(toolchain, ["-f", "-"], JSON.stringify(list([announced, ...apiServices()])));
    await until({
        what: "the APIs of openshift-apiserver",
        seconds: 40,
        why: () => tail("openshift-apiserver"),
        holds: openshiftIsServed,
    });
}

/** Says whether kube-apiserver serves all of OpenShift's groups. */
export async function openshiftIsServed(): Promise<boolean> {
    const found = await Promise.all(
        groups.map((group) => ask(`https://node-amd64:6443/apis/${group}/v1`)),
    );
    return found.every((it) => it !== undefined);
}

interface KubernetesObject {
    readonly apiVersion: string;
    readonly kind: string;
    readonly metadata: { readonly name: string; readonly namespace?: string };
    readonly [field: string]: unknown;
}

interface ServicePort {
    readonly name: string;
    readonly port: number;
    readonly targetPort: number;
    readonly protocol?: "UDP";
}

function namespaceObjects(): KubernetesObject[] {
    return namespaces.map((name) => ({ apiVersion: "v1", kind: "Namespace", metadata: { name } }));
}

function clusterObjects(): KubernetesObject[] {
    return [
        ...["Build", "Image", "Proxy", "Project"].map((kind) => ({
            apiVersion: "config.openshift.io/v1",
            kind,
            metadata: { name: "cluster" },
            spec: {},
        })),
        {
            apiVersion: "v1",
            kind: "ConfigMap",
            metadata: { name: "openshift-service-ca", namespace: "openshift-controller-manager" },
            data: { "service-ca.crt": readFileSync(paths.ca, "utf8") },
        },
    ];
}

function serviceObjects(): KubernetesObject[] {
    return [
        ...openshiftApiService(),
        ...service("openshift-image-registry", "image-registry", network.registryService, [
            { name: "registry", port: 5000, targetPort: 5000 },
        ]),
        ...service("kube-system", "dns-default", network.dnsService, [
            { name: "dns", port: 53, targetPort: 53, protocol: "UDP" },
            { name: "dns-tcp", port: 53, targetPort: 53 },
        ]),
    ];
}

function openshiftApiService(): [KubernetesObject, KubernetesObject] {
    const ports = [{ name: "https", port: 443, targetPort: 8444 }];
    return service("openshift-apiserver", "api", network.openshiftApiService, ports);
}

/** A Service for a program that runs beside the cluster, and the EndpointSlice that leads to it. */
function service(
    namespace: string,
    name: string,
    clusterIP: string,
    ports: readonly ServicePort[],
): [KubernetesObject, KubernetesObject] {
    const protocol = "TCP";
    const labels = {
        "kubernetes.io/service-name": name,
        "endpointslice.kubernetes.io/managed-by": "sandbox",
    };
    const slice = {
        apiVersion: "discovery.k8s.io/v1",
        kind: "EndpointSlice",
        metadata: { name, namespace, labels },
        addressType: "IPv4",
        endpoints: [{ addresses: [network.nodes.amd64], conditions: { ready: true } }],
        ports: ports.map((it) => ({ protocol, name: it.name, port: it.targetPort, ...udp(it) })),
    };
    const metadata = { name, namespace };
    const spec = { clusterIP, ports: ports.map((it) => ({ protocol, ...it })) };
    return [{ apiVersion: "v1", kind: "Service", metadata, spec }, slice];
}

function udp({ protocol }: ServicePort): { readonly protocol?: "UDP" } {
    return protocol === undefined ? {} : { protocol };
}

function apiServices(): KubernetesObject[] {
    const caBundle = readFileSync(paths.ca).toString("base64");
    return groups.map((group) => ({
        apiVersion: "apiregistration.k8s.io/v1",
        kind: "APIService",
        metadata: { name: `v1.${group}` },
        spec: {
            group,
            version: "v1",
            groupPriorityMinimum: 9900,
            versionPriority: 15,
            caBundle,
            service: { name: "api", namespace: "openshift-apiserver", port: 443 },
        },
    }));
}

function list(items: readonly object[]): object {
    return { apiVersion: "v1", kind: "List", items };
}

async function apply(toolchain: string, files: string[], input?: string): Promise<void> {
    const oc = [join(toolchain, "bin/oc"), `--kubeconfig=${paths.kubeconfig}`];
    const how = ["apply", "--server-side", "--force-conflicts", "--field-manager=sandbox"];
    await command([...insidePrefix(), ...oc, ...how, ...files], { input });
}

function digestOf(manifests: string, objects: string): string {
    const hash = createHash("sha256").update(objects);
    for (const folder of ["crds", ...folders]) {
        for (const file of readdirSync(join(manifests, folder)).sort()) {
            hash.update(readFileSync(join(manifests, folder, file)));
        }
    }
    return hash.digest("hex");
}
