import { internalRegistry, quay } from "../../sandbox/settings";
import { run, succeeded } from "./run";

/** The guide's own Job: pulls both images, joins them by tag, and pushes the list twice. */
const publish = `set -e
export STORAGE_DRIVER=vfs BUILDAH_ISOLATION=chroot REGISTRY_AUTH_FILE=/tmp/auth.json
cp /quay/.dockerconfigjson /tmp/auth.json
buildah login -u serviceaccount --password-stdin --tls-verify=false ${internalRegistry} </var/run/secrets/kubernetes.io/serviceaccount/token
buildah pull --tls-verify=false $IMAGE:latest-amd64
buildah pull --tls-verify=false $IMAGE:latest-arm64
buildah manifest create list
buildah manifest add list $IMAGE:latest-amd64
buildah manifest add list $IMAGE:latest-arm64
buildah manifest push --all list docker://$DESTINATION:latest
buildah manifest push --all list docker://$DESTINATION:v0.1.0`;

/** The guide's BuildConfig, with the nodeSelector that it lacks: without it the images are of the wrong architecture. */
function buildConfig(architecture: string, gitUrl: string) {
    return {
        apiVersion: "build.openshift.io/v1",
        kind: "BuildConfig",
        metadata: { name: `seed-${architecture}` },
        spec: {
            nodeSelector: { "kubernetes.io/arch": architecture },
            source: { type: "Git", git: { uri: gitUrl, ref: "main" } },
            strategy: {
                type: "Docker",
                dockerStrategy: {
                    dockerfilePath: "docker/context-api.Dockerfile",
                    pullSecret: { name: "seed-push" },
                    buildArgs: [
                        { name: "GOOS", value: "linux" },
                        { name: "GOARCH", value: architecture },
                    ],
                },
            },
            output: { to: { kind: "ImageStreamTag", name: `seed:latest-${architecture}` } },
            runPolicy: "Serial",
        },
    };
}

function job(namespace: string, destination: string) {
    return {
        apiVersion: "batch/v1",
        kind: "Job",
        metadata: { name: "seed-push" },
        spec: {
            backoffLimit: 3,
            template: {
                spec: {
                    serviceAccountName: "seed",
                    restartPolicy: "Never",
                    containers: [
                        {
                            name: "buildah",
                            image: "quay.io/buildah/stable:v1.42.0",
                            imagePullPolicy: "IfNotPresent",
                            securityContext: { privileged: true },
                            command: ["/bin/bash", "-c", publish],
                            env: [
                                { name: "IMAGE", value: `${internalRegistry}/${namespace}/seed` },
                                { name: "DESTINATION", value: destination },
                            ],
                            volumeMounts: [
                                { name: "quay", mountPath: "/quay", readOnly: true },
                                { name: "storage", mountPath: "/var/lib/containers" },
                            ],
                        },
                    ],
                    volumes: [
                        { name: "quay", secret: { secretName: "seed-push" } },
                        { name: "storage", emptyDir: {} },
                    ],
                },
            },
        },
    };
}

function deployment(destination: string) {
    return {
        apiVersion: "apps/v1",
        kind: "Deployment",
        metadata: { name: "seed" },
        spec: {
            replicas: 2,
            selector: { matchLabels: { app: "seed" } },
            template: {
                metadata: { labels: { app: "seed" } },
                spec: {
                    imagePullSecrets: [{ name: "seed-push" }],
                    containers: [
                        {
                            name: "seed",
                            image: `${destination}:latest`,
                            imagePullPolicy: "Always",
                            readinessProbe: {
                                httpGet: { path: "/health", port: 8091 },
                                periodSeconds: 1,
                            },
                        },
                    ],
                },
            },
        },
    };
}

/**
 * Does by hand what the seed guide says, step after step as its own script does, and returns the seconds from the
 * first build to the end of the rollout. What the guide sets up once is set up beforehand, and not counted.
 */
export async function runSeedSteps(namespace: string, gitUrl: string): Promise<number> {
    const destination = `${quay.host}/${namespace}/seed`;
    const oc = async (args: readonly string[], input = "") =>
        succeeded(await run(["oc", "-n", namespace, ...args], { input }));
    const login = [`--docker-username=${quay.user}`, `--docker-server=${quay.host}`];
    await oc([
        "create",
        "secret",
        "docker-registry",
        "seed-push",
        ...login,
        `--docker-password=${quay.password}`,
    ]);
    const account = { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "seed" } };
    const stream = {
        apiVersion: "image.openshift.io/v1",
        kind: "ImageStream",
        metadata: { name: "seed" },
    };
    const configs = ["amd64", "arm64"].map((it) => buildConfig(it, gitUrl));
    const items = [account, stream, ...configs];
    await oc(["create", "-f", "-"], JSON.stringify({ apiVersion: "v1", kind: "List", items }));
    await oc(["adm", "policy", "add-scc-to-user", "privileged", "-z", "seed"]);
    await oc(["policy", "add-role-to-user", "system:image-puller", "-z", "seed"]);

    const started = performance.now();
    await oc(["start-build", "seed-amd64", "--wait"]);
    await oc(["start-build", "seed-arm64", "--wait"]);
    await oc(["create", "-f", "-"], JSON.stringify(job(namespace, destination)));
    await oc(["wait", "--for=condition=complete", "job/seed-push", "--timeout=10m"]);
    await oc(["create", "-f", "-"], JSON.stringify(deployment(destination)));
    await oc(["rollout", "status", "deployment/seed", "--timeout=5m"]);
    return (performance.now() - started) / 1000;
}
