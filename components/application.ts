import * as path from "node:path";

import * as command from "@pulumi/command";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";

import type { ApplicationArgs } from "./applicationArgs";
import { commandArgs } from "./commandArgs";
import { identityOf } from "./identity";
import { podSpec } from "./podSpec";

/** Runs an image as a service: a Deployment pinned by digest, its ConfigMap and its Service; waits for the rollout. */
export class Application extends pulumi.ComponentResource {
    /** Name of the Service, known once the rollout is complete. */
    public readonly service: pulumi.Output<string>;

    constructor(name: string, args: ApplicationArgs, opts?: pulumi.ComponentResourceOptions) {
        // The image is known last: the ConfigMap and the Service need not wait for it.
        super("multiarch:index:Application", name, {}, opts);

        const object = args.name ?? name;
        const labels = { app: object };
        const metadata = {
            name: object,
            namespace: args.namespace,
            labels: { ...labels, ...(args.partOf !== undefined && { "part-of": args.partOf }) },
        };
        const configMap =
            args.configFile &&
            new k8s.core.v1.ConfigMap(
                `${name}-config`,
                {
                    metadata: { ...metadata, name: `${object}-config` },
                    data: { [path.posix.basename(args.configFile.path)]: args.configFile.content },
                },
                { parent: this },
            );
        const deployment = new k8s.apps.v1.Deployment(
            `${name}-deployment`,
            {
                metadata: {
                    ...metadata,
                    // Ready once it exists: the Command below waits for its pods, ends as soon as they crash, and shows
                    // their log.
                    annotations: { "pulumi.com/waitFor": "jsonpath={.metadata.uid}" },
                },
                spec: {
                    replicas: args.replicas,
                    strategy: {
                        type: "RollingUpdate",
                        // Old pods serve until as many new ones do.
                        rollingUpdate: { maxSurge: args.maxSurge, maxUnavailable: 0 },
                    },
                    selector: { matchLabels: labels },
                    template: {
                        metadata: {
                            labels,
                            ...podAnnotations(args),
                        },
                        spec: podSpec(object, args, configMap?.metadata.name),
                    },
                },
            },
            { parent: this },
        );
        const rollout = new command.local.Command(
            `${name}-rollout`,
            commandArgs("rollout", args.place, {
                MULTIARCH_APPLICATION: name,
                MULTIARCH_NAMESPACE: args.namespace,
                MULTIARCH_DEPLOYMENT: object,
                // Any change of the Deployment, by whomever, is followed; so is one that was made anew.
                MULTIARCH_DEPLOYMENT_UID: deployment.metadata.uid,
                MULTIARCH_GENERATION: deployment.metadata.generation.apply(String),
                MULTIARCH_TIMEOUT_SECONDS: String(args.rolloutTimeoutSeconds),
            }),
            { parent: this },
        );
        const service = new k8s.core.v1.Service(
            `${name}-service`,
            {
                // Its endpoints come with the rollout, which is waited for: builds may take longer than the provider's
                // patience with a Service.
                metadata: { ...metadata, annotations: { "pulumi.com/skipAwait": "true" } },
                spec: {
                    selector: labels,
                    ports: args.ports.map(({ name: port, port: number }) => ({
                        name: port,
                        port: number,
                        targetPort: number,
                    })),
                },
            },
            { parent: this },
        );

        this.service = pulumi
            .all([service.metadata.name, rollout.stdout])
            .apply(([serviceName]) => serviceName);
        this.registerOutputs({ service: this.service });
    }
}

/** What rolls the pods over when it changes, though the image is the same. */
function podAnnotations({ configFile, restart }: ApplicationArgs) {
    const annotations = {
        // Pods read the file at their start: a changed file is a rollout.
        ...(configFile && { "multiarch/config": identityOf(configFile) }),
        ...(restart !== undefined && { "multiarch/restart": restart }),
    };
    return Object.keys(annotations).length === 0 ? {} : { annotations };
}
