import { mkdirSync } from "node:fs";
import { join } from "node:path";

import type { Component } from "../component";
import { answers, ask } from "../probes";
import { internalRegistry, paths } from "../settings";
import { writeConfig } from "./files";

const pki = (name: string) => join(paths.pki, name);
const kubeconfig = (name: string) => join(paths.conf, `${name}.kubeconfig`);
/**
 * Controllers that the sandbox does without. Nothing in it uses them, and each makes all others wait:
 * they start one after the other, at five requests a second, which no option changes.
 */
const absentControllers = [
    ...["ingress-ip", "unidling", "templateinstance", "templateinstancefinalizer"],
    ...["image-signature-import", "deploymentconfig", "deployer", "deployer-rolebindings"],
    "deployer-serviceaccount",
].map((name) => `-openshift.io/${name}`);

const apiVersion = "openshiftcontrolplane.config.openshift.io/v1";

/** Serves OpenShift's own kinds: builds, image streams, projects and so on. */
export function openshiftApiserver(toolchain: string): Component {
    const name = "openshift-apiserver";
    const config = writeConfig(`${name}.yaml`, {
        apiVersion,
        kind: "OpenShiftAPIServerConfig",
        storageConfig: {
            urls: ["https://127.0.0.1:2379"],
            ca: paths.ca,
            certFile: pki("etcd.crt"),
            keyFile: pki("etcd.key"),
        },
        kubeClientConfig: { kubeConfig: kubeconfig(name) },
        aggregatorConfig: {
            clientCA: paths.ca,
            allowedNames: ["system:openshift-aggregator"],
            usernameHeaders: ["X-Remote-User"],
            groupHeaders: ["X-Remote-Group"],
            extraHeaderPrefixes: ["X-Remote-Extra-"],
        },
        servingInfo: serving(name, 8444),
        imagePolicyConfig: { internalRegistryHostname: internalRegistry },
        projectConfig: { defaultNodeSelector: "" },
        routingConfig: { subdomain: "apps.sandbox.test" },
        apiServerArguments: {
            "shutdown-delay-duration": ["0s"],
            "etcd-healthcheck-timeout": ["9s"],
        },
        apiServers: { perGroupOptions: [] },
    });
    return {
        name,
        command: [
            join(toolchain, "bin", name),
            ...["start", "--config", config, "-v=1"],
            ...["--authentication-kubeconfig", kubeconfig(name)],
            ...["--authorization-kubeconfig", kubeconfig(name)],
        ],
        healthy: () => answers("https://localhost:8444/readyz"),
        seconds: 60,
    };
}

/** OpenShift's controllers: builds, image triggers, registry credentials. */
export function openshiftControllerManager(toolchain: string): Component {
    const name = "openshift-controller-manager";
    // The rest of the template is the controller's to fill in.
    const format = "sandbox.test/openshift/origin-${component}:latest";
    const leases = "https://node-amd64:6443/apis/coordination.k8s.io/v1/namespaces";
    const lease = `${leases}/${name}/leases/${name}-lock`;
    const imageTemplateFormat = { format, latest: false };
    const config = writeConfig(`${name}.yaml`, {
        apiVersion,
        kind: "OpenShiftControllerManagerConfig",
        kubeClientConfig: { kubeConfig: kubeconfig(name) },
        servingInfo: serving(name, 8445),
        controllers: ["*", ...absentControllers],
        build: { imageTemplateFormat },
        deployer: { imageTemplateFormat },
        dockerPullSecret: { internalRegistryHostname: internalRegistry, registryURLs: [] },
        leaderElection: { disable: true },
    });
    return {
        name,
        command: [
            join(toolchain, "bin", name),
            ...["start", "--config", config, "--kubeconfig", kubeconfig(name)],
            ...["--namespace", name, "-v=1"],
        ],
        env: { POD_NAMESPACE: name },
        // It elects a leader whatever its configuration says, and a killed one leads for 2 minutes on.
        beforeStart: () => ask(lease, "-X", "DELETE"),
        healthy: () => answers("https://localhost:8445/healthz", "-k"),
        seconds: 60,
    };
}

/** Gives namespaces their UID ranges, and ConfigMaps the service CA. */
export function clusterPolicyController(toolchain: string): Component {
    const name = "cluster-policy-controller";
    return {
        name,
        command: [
            join(toolchain, "bin", name),
            ...["--kubeconfig", kubeconfig(name), "--service-ca", paths.ca, "-v=1"],
        ],
        // It has no address to ask: it ends itself when it cannot work.
        healthy: () => Promise.resolve(true),
        seconds: 30,
    };
}

/** OpenShift's image registry. */
export function registry(toolchain: string): Component {
    const folder = join(paths.state, "registry");
    mkdirSync(folder, { recursive: true });
    const config = writeConfig("registry.yaml", {
        version: 0.1,
        log: { level: "info" },
        http: {
            addr: ":5000",
            tls: { certificate: pki("registry.crt"), key: pki("registry.key") },
        },
        storage: {
            cache: { blobdescriptor: "inmemory" },
            filesystem: { rootdirectory: folder },
            delete: { enabled: true },
        },
        auth: { openshift: {} },
        openshift: {
            version: "1.0",
            kubeconfig: kubeconfig("registry"),
            server: { addr: internalRegistry },
            auth: { realm: "openshift" },
            quota: { enabled: false, cachettl: "1m" },
            cache: { blobrepositoryttl: "10m" },
            pullthrough: { enabled: true, mirror: true },
            compatibility: { acceptschema2: true },
        },
    });
    return {
        name: "registry",
        command: [join(toolchain, "bin/dockerregistry"), config],
        healthy: () => answers("https://localhost:5000/healthz"),
        seconds: 30,
    };
}

function serving(name: string, port: number): object {
    return {
        bindNetwork: "tcp",
        bindAddress: `0.0.0.0:${port}`,
        certFile: pki(`${name}.crt`),
        keyFile: pki(`${name}.key`),
        clientCA: paths.ca,
    };
}
