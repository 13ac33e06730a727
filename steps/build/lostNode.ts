import type { BuildRequest } from "./buildRequest";
import type { Clock } from "../../cluster/clock";
import { type Cluster, paths } from "../../cluster/cluster";
import { findEvents, podNameOf } from "../shared/explainPending";
import { type Build, podSchema } from "../../cluster/objects";
import type { Progress } from "../shared/progress";

const INTERVAL = 10_000;
// The node has been silent for 50 s when Kubernetes says so. After 300 s more it would delete the pod; nobody has to wait for that.
const PATIENCE = 30_000;

/**
 * Looks after the node of a running Build. Resolves when Kubernetes has heard nothing from it for too long: the pod
 * seems to run for ever then, and its log stands still. May the pod or its events not be read, it never resolves.
 */
export async function watchNode(
    { namespace }: Pick<BuildRequest, "namespace">,
    build: Build,
    cluster: Cluster,
    clock: Clock,
    progress: Progress,
    signal: AbortSignal,
): Promise<void> {
    let since: number | undefined;
    for (;;) {
        await clock.sleep(INTERVAL, signal);
        if (!(await isCutOff(namespace, podNameOf(build), cluster, signal))) {
            since = undefined;
            continue;
        }
        since ??= clock.now();
        progress.step(`build ${build.metadata.name}: its node does not answer`);
        if (clock.now() - since >= PATIENCE) {
            return;
        }
    }
}

/** Whether a pod only seems to run: its containers do, as far as anybody has heard, but it was marked as not ready. */
async function isCutOff(
    namespace: string,
    name: string,
    cluster: Cluster,
    signal: AbortSignal,
): Promise<boolean> {
    try {
        const { status } = podSchema.parse(await cluster.get(paths.pod(namespace, name), signal));
        const marked = status.conditions.some(
            ({ type, status: is }) => type === "Ready" && is === "False",
        );
        if (!marked || status.containerStatuses.some(({ state }) => state?.running === undefined)) {
            return false;
        }
        const events = await findEvents(cluster, namespace, "Pod", name, signal);
        return events.some(({ reason }) => reason === "NodeNotReady");
    } catch {
        // It is only about noticing sooner: without it, the build's deadline ends the waiting.
        signal.throwIfAborted();
        return false;
    }
}
