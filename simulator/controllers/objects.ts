/** What the controllers read and write of the objects of the API; as their JSON has it, times as RFC 3339. */

/** A reference to the object that owns another one. */
export interface OwnerReference {
    readonly apiVersion: string;
    readonly kind: string;
    readonly name: string;
    readonly uid: string;
    readonly controller?: boolean;
    readonly blockOwnerDeletion?: boolean;
}

/** The metadata of a stored object. */
export interface Metadata {
    readonly name: string;
    readonly namespace?: string;
    readonly generateName?: string;
    readonly uid: string;
    readonly resourceVersion: string;
    readonly generation?: number;
    readonly creationTimestamp: string;
    readonly deletionTimestamp?: string;
    readonly deletionGracePeriodSeconds?: number;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly ownerReferences?: readonly OwnerReference[];
    readonly finalizers?: readonly string[];
}

/** Any stored object. */
export interface KubeObject {
    readonly apiVersion?: string;
    readonly kind?: string;
    readonly metadata: Metadata;
}

/** A condition of a status. */
export interface Condition {
    readonly type: string;
    readonly status: string;
    readonly reason?: string;
    readonly message?: string;
    readonly lastTransitionTime?: string | null;
    readonly lastUpdateTime?: string;
    readonly lastProbeTime?: string | null;
    readonly observedGeneration?: number;
}

/** Quantities by the resource's name: `{ cpu: "50m" }`. */
export type Quantities = Readonly<Record<string, string>>;

/** Requests and limits. */
export interface Resources {
    readonly requests?: Quantities;
    readonly limits?: Quantities;
}

/** A key of a Secret or ConfigMap, and where it goes. */
export interface KeyToPath {
    readonly key: string;
    readonly path: string;
}

/** A field of the pod itself. */
export interface FieldRef {
    readonly fieldPath: string;
}

/** One source of a projected volume. */
export interface Projection {
    readonly configMap?: NamedFiles;
    readonly secret?: NamedFiles;
    readonly downwardAPI?: {
        readonly items?: readonly { readonly path: string; readonly fieldRef?: FieldRef }[];
    };
    readonly serviceAccountToken?: { readonly path: string };
}

/** Files of a Secret or ConfigMap of that name. */
export interface NamedFiles {
    readonly name?: string;
    readonly secretName?: string;
    readonly items?: readonly KeyToPath[];
    readonly optional?: boolean;
}

/** A volume of a pod. */
export interface Volume {
    readonly name: string;
    readonly configMap?: NamedFiles;
    readonly secret?: NamedFiles;
    readonly projected?: { readonly sources?: readonly Projection[] };
    readonly downwardAPI?: Projection["downwardAPI"];
    readonly emptyDir?: object;
    readonly hostPath?: object;
}

/** A variable of a container. */
export interface EnvVar {
    readonly name: string;
    readonly value?: string;
    readonly valueFrom?: {
        readonly secretKeyRef?: {
            readonly name: string;
            readonly key: string;
            readonly optional?: boolean;
        };
        readonly configMapKeyRef?: {
            readonly name: string;
            readonly key: string;
            readonly optional?: boolean;
        };
        readonly fieldRef?: FieldRef;
    };
}

/** A probe; only HTTP is asked for here. */
export interface Probe {
    readonly httpGet?: {
        readonly path?: string;
        readonly port: number | string;
        readonly scheme?: string;
    };
    readonly initialDelaySeconds?: number;
    readonly periodSeconds?: number;
    readonly failureThreshold?: number;
    readonly successThreshold?: number;
}

/** A container of a pod's spec. */
export interface Container {
    readonly name: string;
    readonly image: string;
    readonly command?: readonly string[];
    readonly args?: readonly string[];
    readonly env?: readonly EnvVar[];
    readonly ports?: readonly { readonly name?: string; readonly containerPort: number }[];
    readonly resources?: Resources;
    readonly volumeMounts?: readonly {
        readonly name: string;
        readonly mountPath: string;
        readonly subPath?: string;
    }[];
    readonly readinessProbe?: Probe;
    readonly livenessProbe?: Probe;
    readonly startupProbe?: Probe;
    readonly imagePullPolicy?: string;
    readonly terminationMessagePolicy?: string;
    readonly securityContext?: Readonly<Record<string, unknown>>;
}

/** One term of a selector of nodes or labels. */
export interface MatchExpression {
    readonly key: string;
    readonly operator: string;
    readonly values?: readonly string[];
}

/** A selector of labels. */
export interface LabelSelector {
    readonly matchLabels?: Readonly<Record<string, string>>;
    readonly matchExpressions?: readonly MatchExpression[];
}

/** A toleration of a taint. */
export interface Toleration {
    readonly key?: string;
    readonly operator?: string;
    readonly value?: string;
    readonly effect?: string;
    readonly tolerationSeconds?: number;
}

/** A taint of a node. */
export interface Taint {
    readonly key: string;
    readonly value?: string;
    readonly effect: string;
    readonly timeAdded?: string;
}

/** How pods spread. */
export interface SpreadConstraint {
    readonly maxSkew: number;
    readonly topologyKey: string;
    readonly whenUnsatisfiable: string;
    readonly labelSelector?: LabelSelector;
    readonly matchLabelKeys?: readonly string[];
}

/** A pod's spec. */
export interface PodSpec {
    readonly nodeName?: string;
    readonly nodeSelector?: Readonly<Record<string, string>>;
    readonly affinity?: {
        readonly nodeAffinity?: {
            readonly requiredDuringSchedulingIgnoredDuringExecution?: {
                readonly nodeSelectorTerms: readonly {
                    readonly matchExpressions?: readonly MatchExpression[];
                }[];
            };
        };
    };
    readonly tolerations?: readonly Toleration[];
    readonly topologySpreadConstraints?: readonly SpreadConstraint[];
    readonly volumes?: readonly Volume[];
    readonly initContainers?: readonly Container[];
    readonly containers: readonly Container[];
    readonly restartPolicy?: string;
    readonly serviceAccountName?: string;
    readonly imagePullSecrets?: readonly { readonly name: string }[];
    readonly activeDeadlineSeconds?: number;
    readonly terminationGracePeriodSeconds?: number;
    readonly securityContext?: Readonly<Record<string, unknown>>;
}

/** How a container ended. */
export interface Terminated {
    readonly exitCode: number;
    readonly reason: string;
    readonly message?: string;
    readonly startedAt: string | null;
    readonly finishedAt: string | null;
    readonly containerID?: string;
}

/** What a container does: exactly one of these. */
export interface ContainerState {
    readonly waiting?: { readonly reason: string; readonly message?: string };
    readonly running?: { readonly startedAt: string };
    readonly terminated?: Terminated;
}

/** A container's status. */
export interface ContainerStatus {
    readonly name: string;
    readonly state: ContainerState;
    readonly lastState: ContainerState;
    readonly ready: boolean;
    readonly restartCount: number;
    readonly image: string;
    readonly imageID: string;
    readonly containerID?: string;
    readonly started?: boolean;
}

/** A pod's status. */
export interface PodStatus {
    readonly phase?: string;
    readonly reason?: string;
    readonly message?: string;
    readonly conditions?: readonly Condition[];
    readonly initContainerStatuses?: readonly ContainerStatus[];
    readonly containerStatuses?: readonly ContainerStatus[];
    readonly startTime?: string;
    readonly podIP?: string;
    readonly hostIP?: string;
    readonly qosClass?: string;
}

/** A pod. */
export interface Pod extends KubeObject {
    readonly spec: PodSpec;
    readonly status?: PodStatus;
}

/** The template of a workload's pods. */
export interface PodTemplate {
    readonly metadata?: {
        readonly labels?: Readonly<Record<string, string>>;
        readonly annotations?: Readonly<Record<string, string>>;
    };
    readonly spec: PodSpec;
}

/** A node. */
export interface Node extends KubeObject {
    readonly spec: { readonly taints?: readonly Taint[]; readonly unschedulable?: boolean };
    readonly status?: {
        readonly allocatable?: Quantities;
        readonly capacity?: Quantities;
        readonly conditions?: readonly Condition[];
        readonly nodeInfo?: Readonly<Record<string, string>>;
    };
}
