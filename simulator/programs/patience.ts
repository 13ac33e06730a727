import type { ContainerContext } from "../controllers/kubelet/program";
import { seconds } from "../controllers/time";
import { BuilderProblem } from "./builderWorld";

// The tools' own patience, seen with OpenShift's builder 4.21.
const INNER_PAUSES = [1_000, 2_000, 4_000];
const OUTER_PAUSE = 5_000;
/** How often the builder tries what its tools have given up. */
export const OUTER_TRIES = 3;

/** Does what may pass by itself again, as the builder and its tools do. */
export async function patiently<T>(
    context: ContainerContext,
    what: string,
    act: () => Promise<T>,
): Promise<T> {
    for (let tries = 1; ; tries++) {
        try {
            return await insistently(context, act);
        } catch (error) {
            context.signal.throwIfAborted();
            context.log(`Warning: ${what} failed, retrying in 5s ...`);
            await context.clock.sleep(OUTER_PAUSE, context.signal);
            if (tries === OUTER_TRIES) {
                throw error;
            }
        }
    }
}

async function insistently<T>(context: ContainerContext, act: () => Promise<T>): Promise<T> {
    const { clock, signal, log } = context;
    for (let tries = 0; ; tries++) {
        try {
            return await clock.work(act());
        } catch (error) {
            const pause = INNER_PAUSES[tries];
            if (!(error instanceof BuilderProblem) || !error.again || pause === undefined) {
                throw error;
            }
            const words = JSON.stringify(
                `Failed, retrying in ${pause / 1_000}s ... (${tries + 1}/3). Error: ${error.message}`,
            );
            log(`time="${seconds(clock.now())}" level=warning msg=${words}`);
            await clock.sleep(pause, signal);
        }
    }
}
