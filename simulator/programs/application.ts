import type { Program } from "../controllers/kubelet/program";

// A program begins to listen a moment after its start: the first probes find nobody.
const LISTENS_AFTER = 700;

/** What applications do beside serving. */
export interface ApplicationBehaviour {
    /** Exits with this code after a moment, in place of serving. */
    readonly exitCode?: number;
    /** What it writes to its log before that. */
    readonly says?: string;
    /** The status of its answers. @default 200 */
    readonly answers?: number;
}

/** The program of an application's pod: serves on its ports until it is asked to end, or does what its image is made to do. */
export function application(behaviour: (image: string) => ApplicationBehaviour): Program {
    return async ({ container, image, node, clock, log, signal, listen }) => {
        const program = image.programArchitecture ?? node.architecture;
        if (program !== node.architecture) {
            // The kernel refuses it; a shell that starts it says so.
            log(`exec ${entrypoint(container.command)}: exec format error`);
            return 1;
        }
        const { exitCode, says, answers = 200 } = behaviour(container.image);
        if (says !== undefined) {
            log(says);
        }
        try {
            await clock.sleep(LISTENS_AFTER, signal);
            if (exitCode !== undefined) {
                return exitCode;
            }
            for (const { containerPort } of container.ports ?? []) {
                listen(containerPort, () => answers);
            }
            await untilAborted(signal);
        } catch (error) {
            if (!signal.aborted) {
                throw error;
            }
        }
        return 0;
    };
}

function entrypoint(command: readonly string[] | undefined): string {
    return command?.[0] ?? "/entrypoint";
}

function untilAborted(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
        signal.addEventListener("abort", () => {
            resolve();
        });
        if (signal.aborted) {
            resolve();
        }
    });
}
