import * as path from "node:path";

import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";

import { type Architecture } from "./architecture";
import { type Resources } from "./buildConfigSpec";
import { identityOf } from "./identity";
import { podSpec } from "./podSpec";

/** A named port that the application listens on. */
export interface Port {
    readonly name: string;
    readonly port: number;
}

/** When the kubelet asks the application how it is: all in seconds, and failures in a row that count. */
export interface ProbeTiming {
    readonly initialDelaySeconds: number;
    readonly periodSeconds: number;
    readonly timeoutSeconds: number;
    readonly failureThreshold: number;
}

/** How the kubelet asks. */
export interface Probe {
    /** HTTP path, e.g. `/health`. */
    readonly path: string;
    readonly port: number;
    readonly liveness: ProbeTiming;
    readonly readiness: ProbeTiming;
}

/** Arguments for {@link Application}. */
export interface ApplicationArgs {
    readonly namespace: pulumi.Input<string>;
    /** The manifest list to run, by digest: `repository@sha256:...`. */
    readonly image: pulumi.Input<string>;
    /** Architectures of the list; pods go to nodes of these. */
    readonly architectures: readonly Architecture[];
    readonly replicas: number;
    readonly ports: readonly Port[];
    readonly args?: readonly string[];
    readonly env?: Readonly<Record<string, string>>;
    /** Variables whose values are in Secrets of the namespace. */
    readonly secretEnv?: readonly {
        readonly name: string;
        readonly secret: string;
        readonly key: string;
    }[];
    /** A configuration file, mounted from a ConfigMap. */
    readonly configFile?: { readonly path: string; readonly content: string };
    readonly probe: Probe;
    readonly resources: Resources;
    readonly serviceAccount: string;
    /** Secret to pull the image with. @default none */
    readonly pullSecret?: pulumi.Input<string>;
    /** Value of the label `part-of`. @default no such label */
    readonly partOf?: string;
    /** Seconds that the rollout may take. */
    readonly rolloutTimeoutSeconds: number;
}

/** Runs an image as a service: a Deployment pinned by digest, its ConfigMap and its Service; waits for the rollout. */
export class Application extends pulumi.ComponentResource {
    /** Name of the Service, known once the rollout is complete. */
    public readonly service: pulumi.Output<string>;

    constructor(name: string, args: ApplicationArgs, opts?: pulumi.ComponentResourceOptions) {
        // Without the image, which is known last: the ConfigMap and the Service need not wait for it.
        const inputs: Partial<ApplicationArgs> = { ...args, image: undefined };
        super("multiarch:index:Application", name, inputs, opts);

        const labels = { app: name };
        const metadata = {
            name,
            namespace: args.namespace,
            labels: { ...labels, ...(args.partOf !== undefined && { "part-of": args.partOf }) },
        };
        const configMap =
            args.configFile &&
            new k8s.core.v1.ConfigMap(
                `${name}-config`,
                {
                    metadata: { ...metadata, name: `${name}-config` },
                    data: { [path.posix.basename(args.configFile.path)]: args.configFile.content },
                },
                { parent: this },
            );
        const deployment = new k8s.apps.v1.Deployment(
            `${name}-deployment`,
            {
                metadata,
                spec: {
                    replicas: args.replicas,
                    selector: { matchLabels: labels },
                    template: {
                        metadata: {
                            labels,
                            // Pods read the file at their start: a changed file is a rollout.
                            ...(args.configFile && {
                                annotations: { "multiarch/config": identityOf(args.configFile) },
                            }),
                        },
                        spec: podSpec(name, args, configMap?.metadata.name),
                    },
                },
            },
            {
                parent: this,
                customTimeouts: {
                    create: `${args.rolloutTimeoutSeconds}s`,
                    update: `${args.rolloutTimeoutSeconds}s`,
                },
            },
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
            .all([service.metadata.name, deployment.id])
            .apply(([serviceName]) => serviceName);
        this.registerOutputs({ service: this.service });
    }
}
