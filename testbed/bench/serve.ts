/** Seconds in which the services of a bed are ready again; the sandbox needs some ten for 13 of them. */
const LIMIT = 120;

/** Runs `oc` with these arguments; rejects when it fails. */
export type Oc = (args: readonly string[]) => Promise<unknown>;

/**
 * Lets the services of these namespaces run, with so many pods each, and those of the others stand still.
 *
 * Rejects when services are not ready after two minutes: their images may be gone.
 */
export async function serve(
    running: readonly string[],
    still: readonly string[],
    replicas: number,
    oc: Oc,
): Promise<void> {
    for (const namespace of still) {
        await oc(["-n", namespace, "scale", "deployment", "--all", "--replicas=0"]);
    }
    for (const namespace of running) {
        await oc(["-n", namespace, "scale", "deployment", "--all", `--replicas=${replicas}`]);
        const ready = `--for=jsonpath={.status.readyReplicas}=${replicas}`;
        await oc(["-n", namespace, "wait", "deployment", "--all", ready, `--timeout=${LIMIT}s`]);
    }
}
