import type * as pulumi from "@pulumi/pulumi";

import type { Architecture } from "./architecture";
import type { Resources } from "./buildConfigSpec";
import type { CommandPlace } from "./commandArgs";
import type { Volume } from "./podVolumes";
import type { Port, Probe } from "./probe";

/** Arguments for the component Application. */
export interface ApplicationArgs {
    readonly namespace: pulumi.Input<string>;
    /** Name of the Deployment, the Service and so on. @default the component's */
    readonly name?: string;
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
    /** ConfigMaps and Secrets of the namespace, whose keys are all variables. @default none */
    readonly envFrom?: readonly {
        readonly configMap?: pulumi.Input<string>;
        readonly secret?: pulumi.Input<string>;
        readonly prefix?: string;
    }[];
    /** What is mounted beside the configuration file. @default nothing */
    readonly volumes?: readonly Volume[];
    /** Changed to roll the same image again. @default none */
    readonly restart?: string;
    /** A configuration file, mounted from a ConfigMap. */
    readonly configFile?: { readonly path: string; readonly content: string };
    readonly probe: Probe;
    readonly resources: Resources;
    readonly serviceAccount: string;
    /** Secret to pull the image with. @default none */
    readonly pullSecret?: pulumi.Input<string>;
    /** Value of the label `part-of`. @default no such label */
    readonly partOf?: string;
    /** New pods that a rollout may start beside the old ones, such as `25%` of the replicas. */
    readonly maxSurge: string;
    /** Seconds that the rollout may take. */
    readonly rolloutTimeoutSeconds: number;
    /** Where its Command finds its process and the cluster. */
    readonly place: CommandPlace;
}
