import type { Condition, KubeObject, LabelSelector, PodTemplate } from "./objects";

/** A Job. */
export interface Job extends KubeObject {
    readonly spec: {
        readonly parallelism?: number;
        readonly completions?: number;
        readonly backoffLimit?: number;
        readonly activeDeadlineSeconds?: number;
        readonly ttlSecondsAfterFinished?: number;
        readonly suspend?: boolean;
        readonly selector?: LabelSelector;
        readonly podFailurePolicy?: {
            readonly rules: readonly {
                readonly action: string;
                readonly onExitCodes?: {
                    readonly containerName?: string;
                    readonly operator: string;
                    readonly values: readonly number[];
                };
                readonly onPodConditions?: readonly {
                    readonly type: string;
                    readonly status?: string;
                }[];
            }[];
        };
        readonly template: PodTemplate;
    };
    readonly status?: JobStatus;
}

/** A Job's status. */
export interface JobStatus {
    readonly startTime?: string;
    readonly completionTime?: string;
    readonly active?: number;
    readonly ready?: number;
    readonly terminating?: number;
    readonly succeeded?: number;
    readonly failed?: number;
    readonly uncountedTerminatedPods?: {
        readonly succeeded?: readonly string[];
        readonly failed?: readonly string[];
    };
    readonly conditions?: readonly Condition[];
}
