/** Whose rollout is followed. */
export interface RolloutRequest {
    /** Name of the application, for messages. */
    application: string;
    namespace: string;
    deployment: string;
    /** Generation of the Deployment that must be rolled out. */
    generation: number;
    timeoutSeconds: number;
}

/** What the rollout program prints. */
export interface RolloutResult {
    replicas: number;
    seconds: number;
}
