import type { Scope } from "./scope";

/** Does something beside a scope's other tasks until the controller that it returns is aborted. */
export function meanwhile(
    scope: Pick<Scope<unknown>, "run">,
    work: (until: AbortSignal) => Promise<void>,
): AbortController {
    const over = new AbortController();
    scope.run(async (signal) => {
        try {
            await work(AbortSignal.any([signal, over.signal]));
        } catch (error) {
            if (!over.signal.aborted || signal.aborted) {
                throw error;
            }
        }
    });
    return over;
}
