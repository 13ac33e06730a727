import type { Clock } from "../../cluster/clock";
import type { Cluster } from "../../cluster/cluster";
import { type ApplicationPod, type Crash, crashOf, lastLines } from "./crashes";
import { findWhatPodWaitsFor } from "./podWaits";
import { Failure } from "../shared/failure";
import type { RolloutRequest } from "./rolloutRequest";

/** The Deployment went away. */
export function deploymentDeleted({ application, deployment, namespace }: RolloutRequest): Failure {
    return new Failure({
        headline: `${application}: the Deployment ${deployment} in namespace ${namespace} was deleted while it was rolled out.`,
        next: ["pulumi up --refresh (it declares the Deployment again)"],
    });
}

/** A new pod crashes; with the last lines of its log. */
export async function rolloutCrashed(
    request: RolloutRequest,
    problem: string,
    crash: Crash,
    cluster: Cluster,
    clock: Clock,
    signal: AbortSignal,
): Promise<Failure> {
    const { namespace } = request;
    const tail = await lastLines(cluster, namespace, crash, clock, signal);
    const fact = `Its container ${crash.container} ended: ${crash.ending}.`;
    return failed(request, problem, [fact], tail, [
        `oc logs ${crash.pod} -c ${crash.container} -n ${namespace} --previous`,
        "pulumi up, with a commit or a configuration that does not crash",
    ]);
}

/** A new pod is refused, or lacks what is not there: no waiting helps. */
export function rolloutInVain(request: RolloutRequest, reason: string, advice: string): Failure {
    return failed(request, "cannot end.", [`Why: ${reason}`, advice], []);
}

/** The time is over: why no pod is created, or what one of the new pods lacks. */
export async function rolloutTooLate(
    request: RolloutRequest,
    refused: string | undefined,
    pods: readonly ApplicationPod[],
    cluster: Cluster,
    clock: Clock,
    signal: AbortSignal,
): Promise<Failure> {
    const { namespace, timeoutSeconds } = request;
    const problem = `was not complete within ${timeoutSeconds} s.`;
    if (refused !== undefined) {
        return failed(request, problem, [`Why: ${refused}`], []);
    }
    const [crash] = pods.map(crashOf).filter((it) => it !== undefined);
    if (crash !== undefined) {
        return rolloutCrashed(request, problem, crash, cluster, clock, signal);
    }
    const pod = pods.find(({ status }) => !status.containerStatuses.some(({ ready }) => ready));
    if (pod === undefined) {
        return failed(request, problem, [], []);
    }
    const { name } = pod.metadata;
    const why =
        (await findWhatPodWaitsFor(cluster, namespace, pod, signal)) ?? "it runs, and is not ready";
    const container = pod.status.containerStatuses[0]?.name ?? "";
    const of = { pod: name, container, previous: false };
    const tail = await lastLines(cluster, namespace, of, clock, signal);
    return failed(request, problem, [`Pod ${name}: ${why}`], tail);
}

function failed(
    { application, deployment, namespace }: RolloutRequest,
    problem: string,
    facts: readonly string[],
    tail: readonly string[],
    next: readonly string[] = [
        `oc describe deployment ${deployment} -n ${namespace}`,
        "when the cause is gone: pulumi up",
    ],
): Failure {
    const stay = "Pods that served before go on serving.";
    const headline = `${application}: the rollout of Deployment ${deployment} ${problem} ${stay}`;
    return new Failure({ headline, facts, tail, next });
}
