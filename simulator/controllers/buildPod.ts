import type { Container, Volume } from "./objects";
import { ownerReference } from "./owners";
import type { Build } from "./workloads";

/** Where the builder's image is from: OpenShift's release has one; here its name is all there is. */
export const BUILDER_IMAGE = "openshift/origin-docker-builder:latest";
/** The internal registry, as pods reach it. */
export const INTERNAL_REGISTRY = "image-registry.openshift-image-registry.svc:5000";

/** Where a Build's image goes: `HOST/NAMESPACE/STREAM:TAG`; undefined when it names no tag of an ImageStream. */
export function outputReference({ metadata, spec }: Build): string | undefined {
    const { to } = spec.output;
    if (to === undefined) {
        return undefined;
    }
    const namespace = to.namespace ?? metadata.namespace ?? "";
    return to.kind === "ImageStreamTag" ? `${INTERNAL_REGISTRY}/${namespace}/${to.name}` : to.name;
}

/** The name of a Build's pod. */
export function buildPodName({ metadata }: Build): string {
    return `${metadata.name}-build`;
}

/** The ConfigMaps that a Build's pod mounts; the pod owns them, and they come a moment after it (OpenShift 4.22). */
export function buildConfigMaps(build: Build): { name: string; data: Record<string, string> }[] {
    const { name } = build.metadata;
    return [
        { name: `${name}-ca`, data: { "service-ca.crt": "" } },
        { name: `${name}-sys-config`, data: {} },
        { name: `${name}-global-ca`, data: { "ca-bundle.crt": "" } },
    ];
}

/**
 * The pod of a Build with the strategy Docker, as OpenShift 4.22 makes it: two init containers that fetch the source, and
 * the builder, each told of the Build in a variable.
 */
export function buildPod(build: Build, pushSecret: string | undefined) {
    const { metadata, spec } = build;
    const { pullSecret } = spec.strategy.dockerStrategy ?? {};
    const secrets = [
        ...(pushSecret === undefined ? [] : [secretVolume(`${pushSecret}-push`, pushSecret)]),
        ...(pullSecret === undefined
            ? []
            : [secretVolume(`${pullSecret.name}-pull`, pullSecret.name)]),
        ...(spec.source.sourceSecret === undefined
            ? []
            : [
                  secretVolume(
                      `${spec.source.sourceSecret.name}-source`,
                      spec.source.sourceSecret.name,
                  ),
              ]),
    ];
    const maps = [
        {
            volume: "build-system-configs",
            name: `${metadata.name}-sys-config`,
            mountPath: "/var/run/configs/openshift.io/build-system",
        },
        {
            volume: "build-ca-bundles",
            name: `${metadata.name}-ca`,
            mountPath: "/var/run/configs/openshift.io/certs",
        },
        {
            volume: "build-proxy-ca-bundles",
            name: `${metadata.name}-global-ca`,
            mountPath: "/var/run/configs/openshift.io/pki",
        },
    ];
    const volumes: Volume[] = [
        { name: "buildcachedir", hostPath: { path: "/var/lib/containers/cache" } },
        { name: "buildworkdir", emptyDir: {} },
        ...secrets.map(({ volume }) => volume),
        ...maps.map(({ volume, name }) => ({ name: volume, configMap: { name } })),
        { name: "container-storage-root", emptyDir: {} },
        { name: "build-blob-cache", emptyDir: {} },
    ];
    const mounts = [
        { name: "buildworkdir", mountPath: "/tmp/build" },
        ...maps.map(({ volume, mountPath }) => ({ name: volume, mountPath })),
    ];
    const container = (name: string, args: string, more: Partial<Container>): Container => ({
        name,
        image: BUILDER_IMAGE,
        args: [args, "--v=0"],
        env: environment(build, pushSecret),
        resources: spec.resources ?? {},
        volumeMounts: mounts,
        terminationMessagePolicy: "FallbackToLogsOnError",
        imagePullPolicy: "IfNotPresent",
        ...more,
    });
    const paths: Readonly<Record<string, string>> = { push: "push", pull: "pull" };
    const own = secrets.map(({ volume, purpose }) => ({
        name: volume.name,
        mountPath: `/var/run/secrets/openshift.io/${paths[purpose] ?? purpose}`,
    }));
    return {
        apiVersion: "v1",
        kind: "Pod",
        metadata: {
            name: buildPodName(build),
            namespace: metadata.namespace,
            labels: { "openshift.io/build.name": metadata.name },
            annotations: {
                "openshift.io/build.name": metadata.name,
                "openshift.io/scc": "privileged",
                "security.openshift.io/validated-scc-subject-type": "user",
            },
            ownerReferences: [
                {
                    ...ownerReference("build.openshift.io/v1", "Build", build),
                    blockOwnerDeletion: undefined,
                },
            ],
        },
        spec: {
            volumes,
            initContainers: [
                container("git-clone", "openshift-git-clone", {}),
                container("manage-dockerfile", "openshift-manage-dockerfile", {}),
            ],
            containers: [
                container("docker-build", "openshift-docker-build", {
                    volumeMounts: [...mounts, ...own],
                    securityContext: { privileged: true },
                }),
            ],
            restartPolicy: "Never",
            ...(spec.completionDeadlineSeconds === undefined
                ? {}
                : { activeDeadlineSeconds: spec.completionDeadlineSeconds }),
            nodeSelector: { ...spec.nodeSelector, "kubernetes.io/os": "linux" },
            serviceAccountName: spec.serviceAccount ?? "builder",
            ...(pushSecret === undefined ? {} : { imagePullSecrets: [{ name: pushSecret }] }),
        },
    };
}

function secretVolume(name: string, secretName: string) {
    return { volume: { name, secret: { secretName } }, purpose: name.slice(secretName.length + 1) };
}

function environment(build: Build, pushSecret: string | undefined) {
    const { spec } = build;
    const output = outputReference(build);
    const told = {
        ...build,
        kind: "Build",
        apiVersion: "build.openshift.io/v1",
        spec: {
            ...spec,
            output: {
                ...spec.output,
                ...(output === undefined ? {} : { to: { kind: "DockerImage", name: output } }),
                ...(pushSecret === undefined ? {} : { pushSecret: { name: pushSecret } }),
            },
        },
    };
    const { git } = spec.source;
    return [
        { name: "BUILD", value: `${JSON.stringify(told)}\n` },
        { name: "LANG", value: "C.utf8" },
        { name: "SOURCE_REPOSITORY", value: git?.uri ?? "" },
        { name: "SOURCE_URI", value: git?.uri ?? "" },
        ...(git?.ref === undefined ? [] : [{ name: "SOURCE_REF", value: git.ref }]),
        ...(spec.source.contextDir === undefined
            ? []
            : [{ name: "SOURCE_CONTEXT_DIR", value: spec.source.contextDir }]),
        { name: "PUSH_DOCKERCFG_PATH", value: "/var/run/secrets/openshift.io/push" },
        { name: "PULL_DOCKERCFG_PATH", value: "/var/run/secrets/openshift.io/pull" },
    ];
}
