import { join, resolve } from "node:path";

/**
 * Name of this sandbox, also of its network namespace and of its folder in /etc/netns: `MULTIARCH_SANDBOX`, for a
 * second one beside the usual, which shares nothing with it but toolchain and packages.
 */
export const namespaceName = sandboxName(process.env["MULTIARCH_SANDBOX"]);

/** Where the sandbox keeps things, and what its parts are called. Kubeconfigs hold names only. */
const state = `/var/lib/${namespaceName}-sandbox`;
const run = `/run/${namespaceName}-sandbox`;
const cache = "/var/cache/multiarch-sandbox";

/** Folders and files of the sandbox on this machine. */
export const paths = {
    /** The repository that this program belongs to. */
    repository: resolve(__dirname, "../.."),
    /** Removed by `wipe`. */
    state,
    /** Sockets, process records and namespaces: means nothing after a restart of the machine. */
    run,
    /** Toolchain and packages: kept by `wipe`. */
    cache,
    lock: `${run}.lock`,
    logs: join(state, "log"),
    pki: join(state, "pki"),
    conf: join(state, "conf"),
    bin: join(state, "bin"),
    /** Bare repositories in here are served at once, see {@link gitUrl}. */
    gitRoot: join(state, "git"),
    /** Kubeconfig of system:admin; works inside the namespaces only. */
    kubeconfig: join(state, "conf/admin.kubeconfig"),
    /** The certificate authority that signed every certificate in the sandbox. */
    ca: join(state, "pki/ca.crt"),
    networkNamespace: `/run/netns/${namespaceName}`,
    mountNamespace: join(run, "namespaces/mount"),
} as const;

/** Architectures that the sandbox has a node for. */
export const architectures = ["amd64", "arm64"] as const;

/** One of {@link architectures}. */
export type Architecture = (typeof architectures)[number];

/** Addresses, each of which means something inside the network namespace only. */
export const network = {
    nodes: { amd64: "10.89.0.1", arm64: "10.89.0.2" },
    pods: { amd64: "10.89.16.0/24", arm64: "10.89.17.0/24" },
    /** Where quay.io, the other public names and the Git host resolve to. */
    outside: "10.89.0.3",
    services: "10.89.128.0/20",
    kubernetesService: "10.89.128.1",
    dnsService: "10.89.128.10",
    openshiftApiService: "10.89.128.20",
    registryService: "10.89.128.30",
} as const;

/** The internal registry's host and port, as OpenShift writes them into image references. */
export const internalRegistry = "image-registry.openshift-image-registry.svc:5000";

/** The account of the registry that stands in for quay.io; it may pull and push everything. */
export const quay = { host: "quay.io", user: "robot", password: "s3cret" } as const;

/** Public names that resolve to {@link network.outside}. */
export const outsideNames = [
    quay.host,
    "ghcr.io",
    "registry.access.redhat.com",
    "git.sandbox.test",
] as const;

/** Host that serves the repositories of {@link paths.gitRoot}. */
export const gitHost = "git.sandbox.test";

/** URL of a repository made by `createRepository`. */
export function gitUrl(name: string): string {
    return `git://${gitHost}/${name}.git`;
}

/** Port of the Git host for HTTPS; 443 is the registry's. */
export const gitHttpsPort = 8443;

/** The account of the Git host, without which nothing is to be had over HTTPS. */
export const gitAccount = { user: "developer", password: "cl0ne-it" } as const;

/** URL of the same repository as {@link gitUrl}, private to {@link gitAccount}. */
export function gitHttpsUrl(name: string): string {
    return `https://${gitHost}:${gitHttpsPort}/${name}.git`;
}

/** Images that both nodes hold from the start. */
export const images = {
    pause: "sandbox.test/pause:latest",
    builder: "sandbox.test/openshift/origin-docker-builder:latest",
    /** Further names of the builder image. */
    buildah: ["quay.io/buildah/stable:latest", "quay.io/buildah/stable:v1.42.0"],
    regctl: "ghcr.io/regclient/regctl:v0.11.7-alpine",
    /** In the stand-in for quay.io: a list of both architectures. */
    base: "quay.io/sandbox/base",
} as const;

/** The name that a sandbox is given, or the usual one. It becomes part of paths. */
export function sandboxName(given: string | undefined): string {
    const name = given === undefined || given === "" ? "multiarch" : given;
    if (!/^[a-z][a-z0-9]{0,19}$/.test(name)) {
        throw new Error(
            `MULTIARCH_SANDBOX=${JSON.stringify(name)}: use up to 20 lower-case letters and digits, a letter first.`,
        );
    }
    return name;
}
