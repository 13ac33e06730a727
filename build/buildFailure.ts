import type { BuildRequest } from "./buildRequest";
import { podNameOf } from "./explainPending";
import { Failure } from "./failure";
import type { Build } from "./objects";

/** What is left of a build's log when it failed. */
export interface LogRest {
    lines: readonly string[];
    file: string | undefined;
}

// What to change, by the reason that OpenShift gives.
const ADVICE: Record<string, string> = {
    OutOfMemoryKilled: "It ran out of memory: raise the memory limit of the build.",
    BuildPodEvicted:
        "Its node ran out of disk or memory: request more ephemeral storage or memory for the build, or free the node.",
    DeadlineExceeded: "It took longer than allowed: raise completionDeadlineSeconds of the build.",
    FetchSourceFailed:
        "The source could not be fetched: is the commit pushed, and may the cluster read the repository (source Secret)?",
    PullBuilderImageFailed:
        "Its base image could not be pulled: check its name and the pull Secret.",
    PushImageToRegistryFailed:
        "The image could not be pushed to the internal registry: check the registry and the rights of the ServiceAccount builder.",
    ManageDockerfileFailed:
        "The Dockerfile could not be read: check its path and the context directory.",
    InvalidContextDirectory: "The context directory does not exist in this commit.",
    CannotCreateBuildPod:
        "Its pod could not be created: check quota, limits and admission in the namespace.",
    BuildPodDeleted: "Somebody deleted its pod: run pulumi up again.",
    CancelledBuild: "Somebody cancelled it: run pulumi up again to start another one.",
};

/** A Build that ended, but not well. */
export function failedBuild(request: BuildRequest, build: Build, log: LogRest): Failure {
    const { name } = build.metadata;
    const { phase, reason, message } = build.status;
    const why = [reason, message].filter((part) => part !== undefined).join(": ");
    const advice = ADVICE[reason ?? ""] ?? ADVICE[/deadline/i.test(why) ? "DeadlineExceeded" : ""];
    return new Failure({
        headline: `${subject(request)}: build ${name} ended as ${phase}${why === "" ? "." : `: ${why}`}`,
        facts: advice === undefined ? [] : [advice],
        tail: log.lines,
        logFile: log.file,
        next: [logCommand(request, name)],
    });
}

/** A Build that did not get to run. */
export function pendingTooLong(
    request: BuildRequest,
    build: Build,
    reason: string,
    end: string,
): Failure {
    const { namespace, pendingTimeoutSeconds } = request;
    return new Failure({
        headline: `${subject(request)}: build ${build.metadata.name} did not start within ${pendingTimeoutSeconds} s; ${end}.`,
        facts: [`Why it waited: ${reason}`],
        next: [
            `oc describe pod ${podNameOf(build)} -n ${namespace} (or oc get events -n ${namespace}: the pod goes with the build)`,
            "oc get nodes -L kubernetes.io/arch",
        ],
    });
}

/** A Build that did not end in time. */
export function buildTookTooLong(
    request: BuildRequest,
    build: Build,
    log: LogRest,
    end: string,
): Failure {
    return new Failure({
        headline: `${subject(request)}: build ${build.metadata.name} was not finished within ${request.timeoutSeconds} s (${build.status.phase}); ${end}.`,
        facts: ["Raise the timeout if the build only needs longer."],
        tail: log.lines,
        logFile: log.file,
        next: [logCommand(request, build.metadata.name)],
    });
}

/** An image that is not what was asked for. */
export function wrongImage(
    request: BuildRequest,
    build: Build,
    digest: string,
    problems: readonly string[],
): Failure {
    const { namespace, imageStream } = request;
    return new Failure({
        headline: `${subject(request)}: build ${build.metadata.name} made an image that is not what was asked for; nothing was published, no tag moved.`,
        facts: [problems.join(" ")],
        next: [
            `oc get build ${build.metadata.name} -n ${namespace} -o yaml`,
            `oc get imagestreamimage ${imageStream}@${digest} -n ${namespace} -o yaml`,
            `when the cause is gone: oc delete build ${build.metadata.name} -n ${namespace}, or it is adopted again`,
        ],
    });
}

/** A Build of which something is missing. */
export function brokenBuild(request: BuildRequest, name: string, problem: string): Failure {
    return new Failure({
        headline: `${subject(request)}: build ${name} ${problem}; nothing was published, no tag moved.`,
        next: [
            `oc get build ${name} -n ${request.namespace} -o yaml`,
            "pulumi up (starts another build)",
        ],
    });
}

function subject(request: BuildRequest): string {
    return `${request.image} ${request.architecture}`;
}

function logCommand(request: BuildRequest, name: string): string {
    return `oc logs build/${name} -n ${request.namespace}`;
}
