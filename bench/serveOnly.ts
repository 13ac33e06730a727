/** Seconds in which the services of a bed are ready again; the sandbox needs some ten for 13 of them. */
const LIMIT = 120;

/** Runs `oc` with these arguments; rejects when it fails. */
export type Oc = (args: readonly string[]) => Promise<unknown>;

/**
 * Lets the services of one namespace stand still and those of another serve, with so many pods each. Pods that only
 * run cost CPU time as well (probes, the kubelets' looks at them), and those of the one side are no cost of the other.
 *
 * Rejects when the services are not ready again after two minutes.
 */
export async function serveOnly(
    namespace: string,
    still: string,
    replicas: number,
    oc: Oc,
): Promise<void> {
    await oc(["-n", still, "scale", "deployment", "--all", "--replicas=0"]);
    await oc(["-n", namespace, "scale", "deployment", "--all", `--replicas=${replicas}`]);
    const ready = `--for=jsonpath={.status.readyReplicas}=${replicas}`;
    await oc(["-n", namespace, "wait", "deployment", "--all", ready, `--timeout=${LIMIT}s`]);
}
