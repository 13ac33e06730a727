import type * as command from "@pulumi/command";
import type * as pulumi from "@pulumi/pulumi";

/** Where a Command finds the process that serves it, and the cluster. */
export interface CommandPlace {
    /** File that names the process (steps/commandServer.ts). @default none: the Command is a process of its own */
    readonly runFile?: string;
    /** kubeconfig context of the cluster. @default the current context */
    readonly context?: string;
    /** Path of the kubeconfig. @default the environment's */
    readonly kubeconfig?: string;
}

/** Arguments of a Command that runs one of the programs in build/, which reads its variables (steps/shared/variables.ts). */
export function commandArgs(
    program: "build" | "publish" | "rollout",
    { runFile, context, kubeconfig }: CommandPlace,
    environment: Readonly<Record<string, pulumi.Input<string>>>,
): command.local.CommandArgs {
    return {
        create: `exec sh build/command.sh ${program}`,
        environment: {
            ...environment,
            ...(runFile !== undefined && { MULTIARCH_RUN_FILE: runFile }),
            ...(context !== undefined && { MULTIARCH_CONTEXT: context }),
            ...(kubeconfig !== undefined && { MULTIARCH_KUBECONFIG: kubeconfig }),
        },
        // Otherwise the last result would be in the environment of every process.
        addPreviousOutputInEnv: false,
        logging: "stderr",
    };
}
