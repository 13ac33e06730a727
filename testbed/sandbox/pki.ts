import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { command } from "./command";
import { network, outsideNames, paths } from "./settings";

/** A certificate of the sandbox; with `kubeconfig`, its holder gets one of the same name. */
interface Certificate {
    readonly name: string;
    readonly subject: string;
    readonly hosts?: readonly string[];
    readonly kubeconfig?: boolean;
}

const masters = "/O=system:masters";
const { amd64, arm64 } = network.nodes;
const registryHost = "image-registry.openshift-image-registry.svc";

const certificates: readonly Certificate[] = [
    {
        name: "apiserver",
        subject: "/CN=kube-apiserver",
        hosts: [
            ...["localhost", "node-amd64", "kubernetes", "kubernetes.default"],
            ...["kubernetes.default.svc", "kubernetes.default.svc.cluster.local"],
            ...["127.0.0.1", amd64, network.kubernetesService],
        ],
    },
    { name: "admin", subject: `${masters}/CN=system:admin`, kubeconfig: true },
    {
        name: "controller-manager",
        subject: "/CN=system:kube-controller-manager",
        kubeconfig: true,
    },
    { name: "scheduler", subject: "/CN=system:kube-scheduler", kubeconfig: true },
    { name: "proxy", subject: "/CN=system:kube-proxy", kubeconfig: true },
    {
        name: "node-amd64",
        subject: "/O=system:nodes/CN=system:node:node-amd64",
        hosts: ["node-amd64", amd64],
        kubeconfig: true,
    },
    {
        name: "node-arm64",
        subject: "/O=system:nodes/CN=system:node:node-arm64",
        hosts: ["node-arm64", arm64],
        kubeconfig: true,
    },
    { name: "kubelet-client", subject: `${masters}/CN=kube-apiserver-kubelet-client` },
    { name: "quay", subject: "/CN=quay.io", hosts: outsideNames },
    { name: "etcd", subject: "/CN=etcd", hosts: ["localhost", "127.0.0.1"] },
    { name: "aggregator", subject: "/CN=system:openshift-aggregator" },
    {
        name: "openshift-apiserver",
        subject: `${masters}/CN=openshift-apiserver`,
        hosts: ["api.openshift-apiserver.svc", "localhost", amd64, "127.0.0.1"],
        kubeconfig: true,
    },
    {
        name: "openshift-controller-manager",
        subject: `${masters}/CN=openshift-controller-manager`,
        hosts: ["localhost", amd64],
        kubeconfig: true,
    },
    {
        name: "cluster-policy-controller",
        subject: `${masters}/CN=system:cluster-policy-controller`,
        kubeconfig: true,
    },
    {
        name: "registry",
        subject: `${masters}/CN=image-registry`,
        hosts: [
            registryHost,
            `${registryHost}.cluster.local`,
            ...["localhost", network.registryService, amd64],
        ],
        kubeconfig: true,
    },
];

/** Makes the authority, the certificates and the kubeconfigs that are missing. */
export async function ensurePki(): Promise<void> {
    mkdirSync(paths.pki, { recursive: true, mode: 0o700 });
    mkdirSync(paths.conf, { recursive: true });
    if (!existsSync(paths.ca)) {
        const curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"];
        await produce("ca", (key, crt) => [
            ...["openssl", "req", "-x509", ...curve, "-nodes", "-days", "365"],
            ...["-subj", "/CN=multiarch-sandbox-ca", "-keyout", key, "-out", crt],
        ]);
    }
    await Promise.all([...certificates.map(issue), makeServiceAccountKey()]);
    for (const { name } of certificates.filter(({ kubeconfig }) => kubeconfig)) {
        writeFileSync(join(paths.conf, `${name}.kubeconfig`), kubeconfigOf(name));
    }
}

/** The subjectAltName extension for names and addresses. */
export function alternativeNames(hosts: readonly string[]): string {
    return hosts.map((host) => (/^[0-9.]+$/.test(host) ? `IP:${host}` : `DNS:${host}`)).join(",");
}

async function issue({ name, subject, hosts }: Certificate): Promise<void> {
    if (existsSync(join(paths.pki, `${name}.crt`))) {
        return;
    }
    await produce(name, (key, crt) => [
        ...["openssl", "req", "-x509", "-CA", paths.ca, "-CAkey", join(paths.pki, "ca.key")],
        ...["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"],
        ...["-days", "365", "-subj", subject, "-keyout", key, "-out", crt],
        ...["-addext", "basicConstraints=critical,CA:FALSE"],
        ...["-addext", "keyUsage=digitalSignature"],
        ...["-addext", "extendedKeyUsage=serverAuth,clientAuth"],
        ...(hosts ? ["-addext", `subjectAltName=${alternativeNames(hosts)}`] : []),
    ]);
}

async function makeServiceAccountKey(): Promise<void> {
    if (existsSync(join(paths.pki, "sa.pub"))) {
        return;
    }
    const key = join(paths.pki, "sa.key");
    await command(["openssl", "genrsa", "-out", key, "2048"]);
    const publicKey = join(paths.pki, "sa.pub.new");
    await command(["openssl", "rsa", "-in", key, "-pubout", "-out", publicKey]);
    renameSync(publicKey, join(paths.pki, "sa.pub"));
}

/** Makes a key and a certificate; the certificate appears last, so that half a pair counts as none. */
async function produce(name: string, argv: (key: string, crt: string) => string[]): Promise<void> {
    const certificate = join(paths.pki, `${name}.crt`);
    await command(argv(join(paths.pki, `${name}.key`), `${certificate}.new`));
    renameSync(`${certificate}.new`, certificate);
}

function kubeconfigOf(name: string): string {
    const base64 = (file: string) => readFileSync(join(paths.pki, file)).toString("base64");
    // The server is a name that only the namespace knows: a client outside fails at once.
    const cluster = {
        server: "https://node-amd64:6443",
        "certificate-authority-data": base64("ca.crt"),
    };
    const user = {
        "client-certificate-data": base64(`${name}.crt`),
        "client-key-data": base64(`${name}.key`),
    };
    return `${JSON.stringify(
        {
            apiVersion: "v1",
            kind: "Config",
            clusters: [{ name: "sandbox", cluster }],
            users: [{ name, user }],
            contexts: [{ name: "sandbox", context: { cluster: "sandbox", user: name } }],
            "current-context": "sandbox",
        },
        undefined,
        2,
    )}\n`;
}
