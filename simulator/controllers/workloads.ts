import type { Condition, KubeObject, LabelSelector, PodTemplate } from "./objects";

/** A Deployment. */
export interface Deployment extends KubeObject {
    readonly spec: {
        readonly replicas?: number;
        readonly paused?: boolean;
        readonly selector: LabelSelector;
        readonly template: PodTemplate;
        readonly strategy?: {
            readonly type?: string;
            readonly rollingUpdate?: {
                readonly maxSurge?: number | string;
                readonly maxUnavailable?: number | string;
            };
        };
        readonly minReadySeconds?: number;
        readonly progressDeadlineSeconds?: number;
        readonly revisionHistoryLimit?: number;
    };
    readonly status?: DeploymentStatus;
}

/** A Deployment's status. */
export interface DeploymentStatus {
    readonly observedGeneration?: number;
    readonly replicas?: number;
    readonly updatedReplicas?: number;
    readonly readyReplicas?: number;
    readonly availableReplicas?: number;
    readonly unavailableReplicas?: number;
    readonly terminatingReplicas?: number;
    readonly conditions?: readonly Condition[];
}

/** A ReplicaSet. */
export interface ReplicaSet extends KubeObject {
    readonly spec: {
        readonly replicas?: number;
        readonly selector: LabelSelector;
        readonly template: PodTemplate;
        readonly minReadySeconds?: number;
    };
    readonly status?: {
        readonly observedGeneration?: number;
        readonly replicas?: number;
        readonly fullyLabeledReplicas?: number;
        readonly readyReplicas?: number;
        readonly availableReplicas?: number;
        readonly terminatingReplicas?: number;
        readonly conditions?: readonly Condition[];
    };
}

/** A reference to an image: an ImageStreamTag or a DockerImage. */
export interface ImageTarget {
    readonly kind: string;
    readonly name: string;
    readonly namespace?: string;
}

/** A name and a value. */
export interface NamedValue {
    readonly name: string;
    readonly value?: string;
}

/** What a BuildConfig and its Builds have in common. */
export interface BuildSpec {
    readonly serviceAccount?: string;
    readonly source: {
        readonly type?: string;
        readonly git?: { readonly uri: string; readonly ref?: string };
        readonly contextDir?: string;
        readonly sourceSecret?: { readonly name: string };
    };
    readonly revision?: {
        readonly type: string;
        readonly git?: { readonly commit?: string };
    };
    readonly strategy: {
        readonly type?: string;
        readonly dockerStrategy?: {
            readonly dockerfilePath?: string;
            readonly pullSecret?: { readonly name: string };
            readonly buildArgs?: readonly NamedValue[];
            readonly env?: readonly NamedValue[];
            readonly imageOptimizationPolicy?: string;
            readonly noCache?: boolean;
        };
    };
    readonly output: {
        readonly to?: ImageTarget;
        readonly pushSecret?: { readonly name: string };
        readonly imageLabels?: readonly NamedValue[];
    };
    readonly resources?: {
        readonly requests?: Readonly<Record<string, string>>;
        readonly limits?: Readonly<Record<string, string>>;
    };
    readonly completionDeadlineSeconds?: number;
    readonly nodeSelector?: Readonly<Record<string, string>> | null;
}

/** A BuildConfig. */
export interface BuildConfig extends KubeObject {
    readonly spec: BuildSpec & {
        readonly runPolicy?: string;
        readonly successfulBuildsHistoryLimit?: number;
        readonly failedBuildsHistoryLimit?: number;
    };
    readonly status?: { readonly lastVersion?: number };
}

/** A stage of a Build. */
export interface BuildStage {
    readonly name: string;
    readonly startTime: string;
    readonly durationMilliseconds: number;
    readonly steps: readonly {
        readonly name: string;
        readonly startTime: string;
        readonly durationMilliseconds: number;
    }[];
}

/** A Build's status. */
export interface BuildStatus {
    readonly phase: string;
    readonly cancelled?: boolean;
    readonly reason?: string;
    readonly message?: string;
    readonly startTimestamp?: string;
    readonly completionTimestamp?: string;
    readonly duration?: number;
    readonly outputDockerImageReference?: string;
    readonly config?: { readonly kind: string; readonly namespace: string; readonly name: string };
    readonly output?: { readonly to?: { readonly imageDigest?: string } };
    readonly stages?: readonly BuildStage[];
    readonly conditions?: readonly Condition[];
    readonly logSnippet?: string;
}

/** A Build. */
export interface Build extends KubeObject {
    readonly spec: BuildSpec & { readonly triggeredBy?: readonly { readonly message?: string }[] };
    readonly status: BuildStatus;
}

/** An image that a tag of an ImageStream has or had. */
export interface TagItem {
    readonly created: string;
    readonly dockerImageReference: string;
    readonly image: string;
    readonly generation: number;
}

/** An ImageStream. */
export interface ImageStream extends KubeObject {
    readonly spec?: Readonly<Record<string, unknown>>;
    readonly status?: {
        readonly dockerImageRepository?: string;
        readonly tags?:
            readonly { readonly tag: string; readonly items: readonly TagItem[] | null }[] | null;
    };
}

/** A ServiceAccount. */
export interface ServiceAccount extends KubeObject {
    readonly secrets?: readonly { readonly name: string }[];
    readonly imagePullSecrets?: readonly { readonly name: string }[];
}

/** A Secret. */
export interface Secret extends KubeObject {
    readonly type?: string;
    /** Values in base64. */
    readonly data?: Readonly<Record<string, string>>;
}

/** A ConfigMap. */
export interface ConfigMap extends KubeObject {
    readonly data?: Readonly<Record<string, string>>;
    readonly binaryData?: Readonly<Record<string, string>>;
}
