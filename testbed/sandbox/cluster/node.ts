import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

import { attempt } from "../command";
import type { Component } from "../component";
import { insidePrefix } from "../namespaces";
import { answers } from "../probes";
import { type Architecture, images, internalRegistry, network, paths } from "../settings";
import { hyperkube } from "./controlPlane";
import { writeConfig } from "./files";

/** Folder that holds a node's state. */
const home = (architecture: Architecture) => join(paths.state, architecture);
/** Folder that holds the state of a node's running containers: means nothing after a restart. */
const runtime = (architecture: Architecture) => join(paths.run, architecture);
const socket = (architecture: Architecture) => join(runtime(architecture), "containerd.sock");

/** Words that run containerd's client against a node, inside the namespaces. */
export function ctr(toolchain: string, architecture: Architecture): string[] {
    const client = join(toolchain, "bin/ctr");
    return [...insidePrefix(), client, "-a", socket(architecture), "-n", "k8s.io"];
}

/** The container runtime of a node, which takes itself for one of that architecture. */
export function containerd(toolchain: string, architecture: Architecture): Component {
    const folder = home(architecture);
    mkdirSync(join(folder, "cni"), { recursive: true });
    writeFileSync(
        join(folder, "cni/10-sandbox.conflist"),
        JSON.stringify(podNetwork(architecture), undefined, 2),
    );
    for (const host of [internalRegistry, "quay.io", "ghcr.io", "registry.access.redhat.com"]) {
        const file = join(folder, "certs", host, "hosts.toml");
        const url = JSON.stringify(`https://${host}`);
        mkdirSync(dirname(file), { recursive: true });
        writeFileSync(file, `server = ${url}\n[host.${url}]\n  ca = ${JSON.stringify(paths.ca)}\n`);
    }
    const config = writeConfig(
        `containerd-${architecture}.toml`,
        containerdConfig(toolchain, architecture),
    );
    const bin = join(toolchain, "bin");
    return {
        name: `containerd-${architecture}`,
        command: [join(bin, "containerd"), "--config", config],
        env: {
            CONTAINERD_ARCHITECTURE: architecture,
            PATH: `${bin}:${process.env["PATH"] ?? ""}`,
        },
        healthy: async () =>
            (await attempt([...ctr(toolchain, architecture), "version"])).code === 0,
        seconds: 30,
    };
}

/** The agent of a node, which reports that architecture. */
export function kubelet(toolchain: string, architecture: Architecture): Component {
    const name = `node-${architecture}`;
    const config = writeConfig(`kubelet-${architecture}.yaml`, kubeletConfig(architecture));
    const arch = architecture;
    const labels = [`kubernetes.io/arch=${arch}`, `beta.kubernetes.io/arch=${arch}`];
    return {
        name: `kubelet-${architecture}`,
        command: [
            ...["sh", join(paths.repository, "testbed/sandbox/host/kubelet.sh")],
            join(home(architecture), "device-plugins"),
            ...[hyperkube(toolchain), "kubelet"],
            ...["--config", config],
            ...["--kubeconfig", join(paths.conf, `${name}.kubeconfig`)],
            ...["--root-dir", join(home(architecture), "kubelet")],
            ...["--cert-dir", join(home(architecture), "kubelet-pki")],
            ...["--hostname-override", name, "--node-ip", network.nodes[architecture]],
            ...["--node-labels", [...labels, "node-role.kubernetes.io/worker="].join(",")],
            // Each of the two measures every process and cgroup of the one machine, by default each 10 to 15 s: a third
            // of a kubelet's time.
            ...["--housekeeping-interval=60s", "--max-housekeeping-interval=60s"],
            "-v=1",
        ],
        env: { KUBELET_ARCHITECTURE: architecture },
        healthy: () => answers(`https://${name}:10250/healthz`),
        seconds: 60,
    };
}

function podNetwork(architecture: Architecture): object {
    return {
        cniVersion: "1.0.0",
        name: `sandbox-${architecture}`,
        plugins: [
            {
                type: "bridge",
                bridge: `cni-${architecture}`,
                isGateway: true,
                ipMasq: false,
                hairpinMode: true,
                ipam: {
                    type: "host-local",
                    dataDir: join(home(architecture), "cni-addresses"),
                    ranges: [[{ subnet: network.pods[architecture] }]],
                    routes: [{ dst: "0.0.0.0/0" }],
                },
            },
            { type: "portmap", capabilities: { portMappings: true } },
        ],
    };
}

function containerdConfig(toolchain: string, architecture: Architecture): string {
    return `version = 3
root = "${join(home(architecture), "containerd")}"
state = "${runtime(architecture)}"
disabled_plugins = ["io.containerd.nri.v1.nri"]
[grpc]
  address = "${socket(architecture)}"
[plugins."io.containerd.cri.v1.images"]
  snapshotter = "overlayfs"
  [plugins."io.containerd.cri.v1.images".pinned_images]
    sandbox = "${images.pause}"
  [plugins."io.containerd.cri.v1.images".registry]
    config_path = "${join(home(architecture), "certs")}"
[plugins."io.containerd.cri.v1.runtime"]
  restrict_oom_score_adj = true
  # In the state folder, not in /var/run/netns, which is the whole machine's.
  netns_mounts_under_state_dir = true
  [plugins."io.containerd.cri.v1.runtime".cni]
    bin_dirs = ["/usr/lib/cni"]
    conf_dir = "${join(home(architecture), "cni")}"
  [plugins."io.containerd.cri.v1.runtime".containerd.runtimes.runc]
    runtime_type = "io.containerd.runc.v2"
    [plugins."io.containerd.cri.v1.runtime".containerd.runtimes.runc.options]
      SystemdCgroup = false
      BinaryName = "${join(toolchain, "bin/runc")}"
`;
}

function kubeletConfig(architecture: Architecture): object {
    const certificate = join(paths.pki, `node-${architecture}`);
    return {
        apiVersion: "kubelet.config.k8s.io/v1beta1",
        kind: "KubeletConfiguration",
        authentication: {
            anonymous: { enabled: false },
            x509: { clientCAFile: paths.ca },
            webhook: { enabled: true },
        },
        authorization: { mode: "Webhook" },
        address: network.nodes[architecture],
        healthzPort: 0,
        cgroupDriver: "cgroupfs",
        cgroupRoot: "/",
        cgroupsPerQOS: false,
        enforceNodeAllocatable: [],
        failCgroupV1: false,
        failSwapOn: false,
        clusterDNS: [network.dnsService],
        clusterDomain: "cluster.local",
        containerRuntimeEndpoint: `unix://${socket(architecture)}`,
        tlsCertFile: `${certificate}.crt`,
        tlsPrivateKeyFile: `${certificate}.key`,
        resolvConf: "",
        evictionHard: {},
        imageGCHighThresholdPercent: 100,
        maxPods: 200,
        nodeStatusUpdateFrequency: "10s",
        podLogsDir: join(home(architecture), "pod-logs"),
        // No limits on one's own machine: each of them delays the start of pods.
        serializeImagePulls: false,
        registryPullQPS: 0,
        eventRecordQPS: 0,
        kubeAPIQPS: 200,
        kubeAPIBurst: 400,
    };
}
