import type * as k8s from "@pulumi/kubernetes";

import { type Architecture } from "./architecture";
import { type Resources } from "./buildConfigSpec";

/** How images are published. */
export interface PublisherSettings {
    readonly tool: "regctl" | "buildah";
    /** Image that holds the tool. */
    readonly image: string;
    /** ConfigMap that holds the tool's program as `publish.sh`. */
    readonly program: string;
    /** What that program is known by: another one is another Job. */
    readonly programHash: string;
    /** SecurityContextConstraints of the Job's pod. */
    readonly scc: string;
    readonly resources: Resources;
    /** Seconds that publishing may take once every image is built. */
    readonly timeoutSeconds: number;
    /** Pods that Kubernetes starts again after a failed one. */
    readonly backoffLimit: number;
    /** Host of OpenShift's internal registry, with its port. */
    readonly internalRegistry: string;
    /** Paths that may be for any architecture though the image starts them. @default none */
    readonly allow?: readonly string[];
}

/** What one publisher Job works on. */
export interface PublisherWork {
    /** The builds that the list is made of, each known by its identity. */
    readonly builds: readonly { readonly architecture: Architecture; readonly identity: string }[];
    /** Repository of the built images in the internal registry, without a tag. */
    readonly source: string;
    /** Repository that the list is pushed to, without a tag. */
    readonly destination: string;
    readonly commit: string;
    readonly floatingTags: readonly string[];
    readonly serviceAccount: string;
    readonly pushSecret: string;
    /** Seconds that the pod waits for the builds. */
    readonly waitSeconds: number;
}

/**
 * The spec of the Job that publishes one image.
 *
 * Its pod starts beside the builds and waits: each digest reaches it as an annotation through the downward API, so
 * that no pod has to start when a build has ended, and the Job needs no rights on the API.
 */
export function publisherJobSpec(settings: PublisherSettings, work: PublisherWork) {
    const privileged = settings.scc === "privileged";
    const architectures = work.builds.map(({ architecture }) => architecture);
    const environment = {
        ARCHITECTURES: architectures.join(" "),
        SOURCE: work.source,
        DESTINATION: work.destination,
        COMMIT: work.commit,
        FLOATING_TAGS: work.floatingTags.join(" "),
        INTERNAL_REGISTRY: settings.internalRegistry,
        // Left out where it says nothing: a Job is never changed.
        ...((settings.allow ?? []).length > 0 && { CONTENTS_ALLOW: settings.allow?.join(" ") }),
    };
    return {
        backoffLimit: settings.backoffLimit,
        activeDeadlineSeconds: work.waitSeconds + settings.timeoutSeconds,
        template: {
            metadata: {
                annotations: { "multiarch/program": settings.programHash },
                // A pod that waits for one build must not be told the digest of another.
                labels: Object.fromEntries(
                    work.builds.map(({ architecture, identity }) => [
                        `multiarch/build.${architecture}`,
                        identity,
                    ]),
                ),
            },
            spec: {
                serviceAccountName: work.serviceAccount,
                restartPolicy: "Never",
                // One that a build needs anyway, and the same each time: the tool's image need exist for it only, and a node that
                // is emulated may copy ten times slower.
                nodeSelector: Object.fromEntries(
                    architectures.slice(0, 1).map((name) => ["kubernetes.io/arch", name]),
                ),
                securityContext: {
                    // buildah wants UID 0, regctl takes the one that the namespace gives it.
                    ...(settings.tool === "buildah" ? { runAsUser: 0 } : { runAsNonRoot: true }),
                    ...(namesSeccomp(settings.scc) && {
                        seccompProfile: { type: "RuntimeDefault" },
                    }),
                },
                containers: [
                    {
                        name: "publisher",
                        image: settings.image,
                        imagePullPolicy: "IfNotPresent",
                        command: ["/bin/sh", "/input/publish.sh"],
                        env: Object.entries(environment).map(([name, value]) => ({ name, value })),
                        resources: settings.resources,
                        securityContext: privileged
                            ? { privileged: true }
                            : { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
                        terminationMessagePolicy: "FallbackToLogsOnError",
                        volumeMounts: [
                            { name: "input", mountPath: "/input", readOnly: true },
                            { name: "work", mountPath: "/work" },
                        ],
                    },
                ],
                volumes: [
                    { name: "input", projected: { sources: inputs(settings, work) } },
                    { name: "work", emptyDir: {} },
                ],
            },
        },
    } satisfies k8s.types.input.batch.v1.JobSpec;
}

/** Whether an SCC lets a pod ask for a seccomp profile: those of OpenShift 4.11 and later do, by their names. */
function namesSeccomp(scc: string): boolean {
    return /-v\d+$/.test(scc);
}

/** What the pod reads, in one volume: its program, the credentials, the service CA, and what it waits for. */
function inputs(settings: PublisherSettings, work: PublisherWork) {
    const builds = work.builds.map(({ architecture }) => [architecture, `digest.${architecture}`]);
    const signals = [...builds, ["publish", "publish"]].map(([file, annotation]) => ({
        path: `signal/${file}`,
        fieldRef: { fieldPath: `metadata.annotations['multiarch/${annotation}']` },
    }));
    return [
        { configMap: { name: settings.program } },
        {
            secret: {
                name: work.pushSecret,
                items: [{ key: ".dockerconfigjson", path: "credentials/config.json" }],
            },
        },
        {
            configMap: {
                name: "openshift-service-ca.crt",
                // As containers-certs.d(5) has it.
                items: [
                    {
                        key: "service-ca.crt",
                        path: `service-ca/${settings.internalRegistry}/ca.crt`,
                    },
                ],
            },
        },
        { downwardAPI: { items: signals } },
    ];
}
