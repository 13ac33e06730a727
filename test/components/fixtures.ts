import type { ApplicationArgs } from "../../components/applicationArgs";
import type { BuildSettings, ImageSource } from "../../components/buildConfigSpec";
import type { PublisherSettings, PublisherWork } from "../../components/publisherJob";

/** Types of the resources, as the engine names them. */
export const TYPES = {
    buildConfig: "kubernetes:build.openshift.io/v1:BuildConfig",
    command: "command:local:Command",
    configMap: "kubernetes:core/v1:ConfigMap",
    deployment: "kubernetes:apps/v1:Deployment",
    imageStream: "kubernetes:image.openshift.io/v1:ImageStream",
    job: "kubernetes:batch/v1:Job",
    namespace: "kubernetes:core/v1:Namespace",
    role: "kubernetes:rbac.authorization.k8s.io/v1:Role",
    roleBinding: "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding",
    secret: "kubernetes:core/v1:Secret",
    service: "kubernetes:core/v1:Service",
    serviceAccount: "kubernetes:core/v1:ServiceAccount",
} as const;

/** The question that reads a manifest list back from the registry. */
export const MANIFESTS = "docker:index/getRegistryImageManifests:getRegistryImageManifests";

/** A digest of one repeated hex digit. */
export function digest(hex: string): string {
    return `sha256:${hex.repeat(64)}`;
}

export const commit = "c0ffee".padEnd(40, "0");

export const source: ImageSource = {
    url: "https://git.example.com/shop.git",
    ref: "main",
    commit,
    contextDir: "services/api",
    dockerfilePath: "docker/api.Dockerfile",
    buildArgs: { VERSION: "1.2" },
};

export const settings: BuildSettings = {
    runPolicy: "Serial",
    imageOptimizationPolicy: "SkipLayers",
    successfulHistory: 3,
    failedHistory: 4,
    completionDeadlineSeconds: 1800,
    pendingTimeoutSeconds: 300,
};

export const publisher: PublisherSettings = {
    tool: "regctl",
    image: "example.com/regctl:v1",
    program: "publisher-program",
    programHash: "e".repeat(40),
    scc: "restricted-v2",
    resources: { requests: { cpu: "50m" }, limits: { memory: "512Mi" } },
    timeoutSeconds: 600,
    backoffLimit: 3,
    internalRegistry: "internal.example.svc:5000",
};

export const work: PublisherWork = {
    builds: [
        { architecture: "amd64", identity: "a".repeat(40) },
        { architecture: "arm64", identity: "b".repeat(40) },
    ],
    source: "internal.example.svc:5000/shop/api",
    destination: "quay.io/shop/api",
    commit,
    floatingTags: ["latest", "v1"],
    serviceAccount: "publisher",
    pushSecret: "push",
    waitSeconds: 2100,
};

/** When the kubelet asks, and how often it may be let down. */
export function timing(
    initialDelaySeconds: number,
    periodSeconds: number,
    timeoutSeconds: number,
    failureThreshold: number,
) {
    return { initialDelaySeconds, periodSeconds, timeoutSeconds, failureThreshold };
}

/** Ports of an application, as the manifests have them that the program replaces. */
export const ports = [
    { name: "http", port: 8091 },
    { name: "metrics", port: 9090 },
];

/** The least that an application has. */
export const application: ApplicationArgs = {
    namespace: "shop",
    image: `quay.io/shop/api@${digest("d")}`,
    architectures: ["amd64", "s390x"],
    replicas: 2,
    ports,
    probe: {
        path: "/health",
        port: 8091,
        liveness: timing(30, 10, 5, 3),
        readiness: timing(6, 4, 2, 1),
    },
    resources: { requests: { cpu: "100m" } },
    serviceAccount: "default",
    maxSurge: "50%",
    rolloutTimeoutSeconds: 240,
    place: {},
};

/** What steps/build/runBuild.ts returns about a build. */
export function built(hex: string) {
    return { digest: digest(hex), commit, build: `build-${hex}`, seconds: 61.5, adopted: false };
}

/** What a stack keeps of such a build. */
export function history(hex: string) {
    return { build: `build-${hex}`, seconds: 61.5, adopted: false };
}

/** What steps/publish/runPublish.ts returns, for the list with the digest `dddd...`. */
export const published = {
    digest: digest("d"),
    immutableTag: "c0ffee000000-dddddddd",
    moved: ["latest"],
    seconds: 2.5,
};

/** What a registry says about a list with these images. */
export function manifests(images: Readonly<Record<string, string>>) {
    return {
        manifests: Object.entries(images).map(([architecture, sha256Digest]) => ({
            os: "linux",
            architecture,
            sha256Digest,
        })),
    };
}

/** Where a Command finds the process that serves it, and the cluster. */
export const place = {
    runFile: ".multiarch/run/0123",
    context: "staging",
    kubeconfig: "clusters/staging.yaml",
};

/** What tells a Command of {@link place}. */
export const placeVariables = {
    MULTIARCH_RUN_FILE: ".multiarch/run/0123",
    MULTIARCH_CONTEXT: "staging",
    MULTIARCH_KUBECONFIG: "clusters/staging.yaml",
};
