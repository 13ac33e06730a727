import { readFileSync } from "node:fs";
import { join } from "node:path";

import { parse, stringify } from "yaml";
import { z } from "zod";

import type { Component } from "../component";
import { answers } from "../probes";
import { network, paths } from "../settings";
import { writeConfig } from "./files";

const pki = (name: string) => join(paths.pki, name);
const kubeconfig = (name: string) => join(paths.conf, `${name}.kubeconfig`);

/** Admission plugins of OpenShift that need objects or operators which the sandbox has not. */
const absentPlugins = [
    "authorization.openshift.io/RestrictSubjectBindings",
    "authorization.openshift.io/ValidateRoleBindingRestriction",
    "autoscaling.openshift.io/ManagementCPUsOverride",
    "config.openshift.io/DenyDeleteClusterConfiguration",
    "config.openshift.io/ValidateAPIServer",
    "config.openshift.io/ValidateAuthentication",
    "config.openshift.io/ValidateConsole",
    "config.openshift.io/ValidateFeatureGate",
    "config.openshift.io/ValidateImage",
    "config.openshift.io/ValidateOAuth",
    "config.openshift.io/ValidateProject",
    "config.openshift.io/ValidateScheduler",
    "image.openshift.io/ImagePolicy",
    "quota.openshift.io/ClusterResourceQuota",
    "quota.openshift.io/ValidateClusterResourceQuota",
    "route.openshift.io/IngressAdmission",
    "route.openshift.io/RouteHostAssignment",
];

const DefaultConfig = z.looseObject({
    apiServerArguments: z.record(z.string(), z.array(z.string())),
});

/** OpenShift's default configuration of kube-apiserver, made to fit the sandbox. */
export function apiserverConfig(defaults: string): string {
    const config = DefaultConfig.parse(parse(defaults));
    const kept = Object.entries(config.apiServerArguments).filter(
        ([name]) => !name.startsWith("audit-"),
    );
    const enabled = config.apiServerArguments["enable-admission-plugins"] ?? [];
    const settings = {
        "advertise-address": network.nodes.amd64,
        "client-ca-file": paths.ca,
        "etcd-servers": "https://127.0.0.1:2379",
        "etcd-cafile": paths.ca,
        "etcd-certfile": pki("etcd.crt"),
        "etcd-keyfile": pki("etcd.key"),
        "kubelet-certificate-authority": paths.ca,
        "kubelet-client-certificate": pki("kubelet-client.crt"),
        "kubelet-client-key": pki("kubelet-client.key"),
        "proxy-client-cert-file": pki("aggregator.crt"),
        "proxy-client-key-file": pki("aggregator.key"),
        "requestheader-client-ca-file": paths.ca,
        "service-account-issuer": "https://kubernetes.default.svc",
        "api-audiences": "https://kubernetes.default.svc",
        "service-account-signing-key-file": pki("sa.key"),
        "service-cluster-ip-range": network.services,
        "tls-cert-file": pki("apiserver.crt"),
        "tls-private-key-file": pki("apiserver.key"),
        "shutdown-delay-duration": "0s",
        "shutdown-send-retry-after": "false",
    };
    return stringify({
        ...config,
        apiServerArguments: {
            ...Object.fromEntries(kept),
            ...Object.fromEntries(Object.entries(settings).map(([name, it]) => [name, [it]])),
            "enable-admission-plugins": enabled.filter((it) => !absentPlugins.includes(it)),
            "disable-admission-plugins": absentPlugins,
        },
        serviceAccountPublicKeyFiles: [pki("sa.pub")],
        servicesSubnet: network.services,
        servingInfo: {
            bindAddress: "0.0.0.0:6443",
            bindNetwork: "tcp4",
            certFile: pki("apiserver.crt"),
            keyFile: pki("apiserver.key"),
            clientCA: paths.ca,
        },
    });
}

/** The store of the cluster's objects. */
export function etcd(toolchain: string): Component {
    return {
        name: "etcd",
        command: [
            join(toolchain, "bin/etcd"),
            ...["--data-dir", join(paths.state, "etcd")],
            ...["--listen-client-urls", "https://127.0.0.1:2379"],
            ...["--advertise-client-urls", "https://127.0.0.1:2379"],
            ...["--listen-peer-urls", "http://127.0.0.1:2380"],
            ...["--cert-file", pki("etcd.crt"), "--key-file", pki("etcd.key")],
            ...["--trusted-ca-file", paths.ca, "--client-cert-auth"],
            // Objects of a sandbox may be lost with the machine's power; waiting for disks is slow.
            ...["--unsafe-no-fsync", "--log-level", "warn"],
        ],
        healthy: () => answers("https://localhost:2379/health"),
        seconds: 30,
    };
}

/** The Kubernetes API, with OpenShift's admission. */
export function apiserver(toolchain: string): Component {
    const defaults = join(toolchain, "manifests/kube-apiserver-defaultconfig.yaml");
    const config = writeConfig(
        "kube-apiserver.yaml",
        apiserverConfig(readFileSync(defaults, "utf8")),
    );
    return {
        name: "kube-apiserver",
        command: [hyperkube(toolchain), "kube-apiserver", "--openshift-config", config, "-v=1"],
        healthy: () => answers("https://node-amd64:6443/readyz"),
        seconds: 120,
    };
}

/** Kubernetes' controllers. */
export function controllerManager(toolchain: string): Component {
    return {
        name: "kube-controller-manager",
        command: [
            hyperkube(toolchain),
            "kube-controller-manager",
            ...delegating("controller-manager"),
            ...["--service-account-private-key-file", pki("sa.key")],
            ...["--root-ca-file", paths.ca],
            ...["--cluster-signing-cert-file", paths.ca],
            ...["--cluster-signing-key-file", pki("ca.key")],
            ...["--use-service-account-credentials", "--leader-elect=false"],
            "--controllers=*,-ttl,-bootstrap-signer-controller,-token-cleaner-controller",
            ...["--kube-api-qps=200", "--kube-api-burst=400", "-v=1"],
        ],
        healthy: () => answers("https://localhost:10257/healthz", "-k"),
        seconds: 60,
    };
}

/** Kubernetes' scheduler. */
export function scheduler(toolchain: string): Component {
    return {
        name: "kube-scheduler",
        command: [
            hyperkube(toolchain),
            "kube-scheduler",
            ...delegating("scheduler"),
            "--leader-elect=false",
            ...["--kube-api-qps=200", "--kube-api-burst=400"],
        ],
        healthy: () => answers("https://localhost:10259/healthz", "-k"),
        seconds: 60,
    };
}

/** Makes the addresses of Services work, for both nodes. */
export function proxy(toolchain: string): Component {
    const config = writeConfig("kube-proxy.yaml", {
        apiVersion: "kubeproxy.config.k8s.io/v1alpha1",
        kind: "KubeProxyConfiguration",
        clientConnection: { kubeconfig: kubeconfig("proxy") },
        mode: "nftables",
        hostnameOverride: "node-amd64",
        nodePortAddresses: ["127.0.0.0/8"],
        conntrack: {
            maxPerCore: 0,
            min: 0,
            tcpEstablishedTimeout: "0s",
            tcpCloseWaitTimeout: "0s",
        },
        healthzBindAddress: "",
        metricsBindAddress: "127.0.0.1:10249",
    });
    return {
        name: "kube-proxy",
        command: [hyperkube(toolchain), "kube-proxy", "--config", config, "-v=1"],
        healthy: () => answers("http://localhost:10249/healthz"),
        seconds: 60,
    };
}

/** The program that is every Kubernetes daemon, by its first argument. */
export function hyperkube(toolchain: string): string {
    return join(toolchain, "bin/hyperkube");
}

function delegating(name: string): string[] {
    const config = kubeconfig(name);
    return ["kubeconfig", "authentication-kubeconfig", "authorization-kubeconfig"].flatMap(
        (flag) => [`--${flag}`, config],
    );
}
