/** The names that the recorded objects have. */
export const NAME = "context-api";
/** The namespace of the simulated ones. */
export const NAMESPACE = "bed-1";
/** Architectures of the recorded cluster's two nodes. */
export const ARCHITECTURES = ["amd64", "arm64"] as const;

const INTERNAL = "image-registry.openshift-image-registry.svc:5000";

/** A BuildConfig as the program declares it. */
export function buildConfig(architecture: string) {
    const strategy = {
        pullSecret: { name: "multiarch-push" },
        dockerfilePath: "Dockerfile",
        buildArgs: [{ name: "GOARCH", value: architecture }],
    };
    return {
        apiVersion: "build.openshift.io/v1",
        kind: "BuildConfig",
        metadata: { name: `${NAME}-${architecture}`, namespace: NAMESPACE },
        spec: {
            runPolicy: "Serial",
            source: { type: "Git", git: { uri: "git://git.test/bed.git", ref: "main" } },
            strategy: { type: "Docker", dockerStrategy: strategy },
            output: { to: { kind: "ImageStreamTag", name: `${NAME}:latest-${architecture}` } },
            completionDeadlineSeconds: 1800,
            nodeSelector: { "kubernetes.io/arch": architecture },
            successfulBuildsHistoryLimit: 2,
            failedBuildsHistoryLimit: 2,
        },
    };
}

/** A publisher's Job as the program declares it. */
export function publisherJob(commit: string, more: object) {
    const name = `${NAME}-publisher`;
    const env = {
        ARCHITECTURES: ARCHITECTURES.join(" "),
        SOURCE: `${INTERNAL}/${NAMESPACE}/${NAME}`,
        DESTINATION: `quay.io/${NAMESPACE}/${NAME}`,
        COMMIT: commit,
        FLOATING_TAGS: "latest",
        INTERNAL_REGISTRY: INTERNAL,
    };
    const signal = (path: string, annotation: string) => ({
        path: `signal/${path}`,
        fieldRef: { fieldPath: `metadata.annotations['multiarch/${annotation}']` },
    });
    const key = { key: ".dockerconfigjson", path: "credentials/config.json" };
    const items = [
        ...ARCHITECTURES.map((it) => signal(it, `digest.${it}`)),
        signal("publish", "publish"),
    ];
    const sources = [
        { configMap: { name: "multiarch-publisher-program" } },
        { secret: { name: "multiarch-push", items: [key] } },
        { downwardAPI: { items } },
    ];
    const container = {
        name: "publisher",
        image: "ghcr.io/regclient/regctl:v0.11.7-alpine",
        command: ["/bin/sh", "/input/publish.sh"],
        env: Object.entries(env).map(([variable, value]) => ({ name: variable, value })),
        resources: { requests: { cpu: "50m", memory: "64Mi" } },
        volumeMounts: [{ name: "input", mountPath: "/input" }],
        terminationMessagePolicy: "FallbackToLogsOnError",
    };
    return {
        apiVersion: "batch/v1",
        kind: "Job",
        metadata: { name, namespace: NAMESPACE },
        spec: {
            backoffLimit: 3,
            activeDeadlineSeconds: 2700,
            ...more,
            template: {
                metadata: { labels: { app: name } },
                spec: {
                    restartPolicy: "Never",
                    serviceAccountName: "multiarch-publisher",
                    nodeSelector: { "kubernetes.io/arch": "amd64" },
                    containers: [container],
                    volumes: [{ name: "input", projected: { sources } }],
                },
            },
        },
    };
}

/** A service's Deployment as the program declares it. */
export function deployment(digest: string) {
    const labels = { app: NAME };
    const container = {
        name: NAME,
        image: `quay.io/${NAMESPACE}/${NAME}@${digest}`,
        ports: [{ name: "http", containerPort: 8091 }],
        readinessProbe: {
            httpGet: { path: "/health", port: 8091 },
            periodSeconds: 1,
            failureThreshold: 3,
        },
    };
    const spread = {
        maxSkew: 1,
        topologyKey: "kubernetes.io/arch",
        whenUnsatisfiable: "ScheduleAnyway",
        labelSelector: { matchLabels: labels },
        matchLabelKeys: ["pod-template-hash"],
    };
    return {
        apiVersion: "apps/v1",
        kind: "Deployment",
        metadata: { name: NAME, namespace: NAMESPACE, labels },
        spec: {
            replicas: 2,
            selector: { matchLabels: labels },
            strategy: {
                type: "RollingUpdate",
                rollingUpdate: { maxUnavailable: 0, maxSurge: "100%" },
            },
            template: {
                metadata: { labels },
                spec: { containers: [container], topologySpreadConstraints: [spread] },
            },
        },
    };
}
