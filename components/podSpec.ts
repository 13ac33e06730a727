import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

import type { ApplicationArgs } from "./applicationArgs";
import { podVolumes, volumeMounts } from "./podVolumes";
import { probeHandler } from "./probe";

/** The spec of an application's pods: unprivileged, probed, and on nodes of the architectures that its image has. */
export function podSpec(
    name: string,
    args: ApplicationArgs,
    configMap: pulumi.Input<string> | undefined,
): k8s.types.input.core.v1.PodSpec {
    const handler = probeHandler(args.probe);
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
                ...volumeMounts(args),
                ...(args.probe.startup && {
                    startupProbe: { ...handler, ...args.probe.startup },
                }),
                livenessProbe: { ...handler, ...args.probe.liveness },
                readinessProbe: { ...handler, ...args.probe.readiness },
                resources: args.resources,
                securityContext: {
                    runAsNonRoot: true,
                    allowPrivilegeEscalation: false,
                    capabilities: { drop: ["ALL"] },
                    seccompProfile: { type: "RuntimeDefault" },
                },
            },
        ],
        ...podVolumes(args, configMap),
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
    const envFrom = (args.envFrom ?? []).map(({ prefix, configMap, secret }) => ({
        ...(prefix !== undefined && { prefix }),
        ...(configMap !== undefined && { configMapRef: { name: configMap } }),
        ...(secret !== undefined && { secretRef: { name: secret } }),
    }));
    // The API drops empty lists, and the next update would want them back.
    return { ...(env.length > 0 && { env }), ...(envFrom.length > 0 && { envFrom }) };
}
