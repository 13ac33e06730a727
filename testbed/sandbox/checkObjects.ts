import { fixtureName } from "./fixture";
import { architectures, gitUrl, internalRegistry, quay } from "./settings";

/** What `check` builds: the fixture's first service, once for each architecture. */
export function checkObjects(namespace: string): object {
    const auth = Buffer.from(`${quay.user}:${quay.password}`).toString("base64");
    const pullSecret = {
        apiVersion: "v1",
        kind: "Secret",
        metadata: { name: "quay", namespace },
        type: "kubernetes.io/dockerconfigjson",
        stringData: { ".dockerconfigjson": JSON.stringify({ auths: { [quay.host]: { auth } } }) },
    };
    const imageStream = {
        apiVersion: "image.openshift.io/v1",
        kind: "ImageStream",
        metadata: { name: "service", namespace },
    };
    return {
        apiVersion: "v1",
        kind: "List",
        items: [
            { apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } },
            pullSecret,
            imageStream,
            ...architectures.map((it) => buildConfig(namespace, it)),
        ],
    };
}

/** A pod that runs what was built for an architecture, on the node of that architecture. */
export function checkPod(namespace: string, architecture: string): object {
    const image = `${internalRegistry}/${namespace}/service:${architecture}`;
    return {
        apiVersion: "v1",
        kind: "Pod",
        metadata: {
            name: `service-${architecture}`,
            namespace,
            // An administrator's pod would get the first one that fits, and with it the image's user.
            annotations: { "openshift.io/required-scc": "restricted-v2" },
        },
        spec: {
            nodeSelector: { "kubernetes.io/arch": architecture },
            terminationGracePeriodSeconds: 2,
            securityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
            containers: [
                {
                    name: "service",
                    image,
                    securityContext: {
                        allowPrivilegeEscalation: false,
                        capabilities: { drop: ["ALL"] },
                    },
                },
            ],
        },
    };
}

function buildConfig(namespace: string, architecture: string): object {
    return {
        apiVersion: "build.openshift.io/v1",
        kind: "BuildConfig",
        metadata: { name: `service-${architecture}`, namespace },
        spec: {
            nodeSelector: { "kubernetes.io/arch": architecture },
            source: { type: "Git", git: { uri: gitUrl(fixtureName), ref: "main" } },
            strategy: {
                type: "Docker",
                dockerStrategy: {
                    dockerfilePath: "docker/context-api.Dockerfile",
                    pullSecret: { name: "quay" },
                    buildArgs: [
                        { name: "GOOS", value: "linux" },
                        { name: "GOARCH", value: architecture },
                    ],
                },
            },
            output: { to: { kind: "ImageStreamTag", name: `service:${architecture}` } },
        },
    };
}
