import * as path from "node:path";

import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

import type { ApplicationArgs } from "./applicationArgs";

/** The spec of an application's pods: unprivileged, probed, and on nodes of the architectures that its image has. */
export function podSpec(
    name: string,
    args: ApplicationArgs,
    configMap: pulumi.Input<string> | undefined,
): k8s.types.input.core.v1.PodSpec {
    const httpGet = { path: args.probe.path, port: args.probe.port };
    return {
        serviceAccountName: args.serviceAccount,
        ...(args.pullSecret !== undefined && { imagePullSecrets: [{ name: args.pullSecret }] }),
        affinity: {
            nodeAffinity: {
                requiredDuringSchedulingIgnoredDuringExecution: {
                    nodeSelectorTerms: [
                        {
                            matchExpressions: [
                                {
                                    key: "kubernetes.io/arch",
                                    operator: "In",
                                    values: [...args.architectures],
                                },
                            ],
                        },
                    ],
                },
            },
        },
        // One pod per architecture where there are as many nodes: a fault of one is then seen, and survived.
        topologySpreadConstraints: [
            {
                maxSkew: 1,
                topologyKey: "kubernetes.io/arch",
                whenUnsatisfiable: "ScheduleAnyway",
                // Each rollout for itself: the pods that it replaces do not count.
                matchLabelKeys: ["pod-template-hash"],
                labelSelector: { matchLabels: { app: name } },
            },
        ],
        containers: [
            {
                name,
                image: args.image,
                // By digest: what a node has is what was asked for.
                imagePullPolicy: "IfNotPresent",
                ...(args.args && { args: [...args.args] }),
                ports: args.ports.map((port) => ({
                    name: port.name,
                    containerPort: port.port,
                })),
                ...environment(args),
                ...(args.configFile && {
                    volumeMounts: [
                        {
                            name: "config",
                            mountPath: path.posix.dirname(args.configFile.path),
                            readOnly: true,
                        },
                    ],
                }),
                ...(args.probe.startup && {
                    startupProbe: { httpGet, ...args.probe.startup },
                }),
                livenessProbe: { httpGet, ...args.probe.liveness },
                readinessProbe: { httpGet, ...args.probe.readiness },
                resources: args.resources,
                securityContext: {
                    runAsNonRoot: true,
                    allowPrivilegeEscalation: false,
                    capabilities: { drop: ["ALL"] },
                    seccompProfile: { type: "RuntimeDefault" },
                },
            },
        ],
        ...(configMap !== undefined && {
            volumes: [{ name: "config", configMap: { name: configMap } }],
        }),
    };
}

function environment(args: ApplicationArgs) {
    const env = [
        ...Object.entries(args.env ?? {}).map(([name, value]) => ({ name, value })),
        ...(args.secretEnv ?? []).map(({ name, secret, key }) => ({
            name,
            valueFrom: { secretKeyRef: { name: secret, key } },
        })),
    ];
    return env.length === 0 ? {} : { env };
}
