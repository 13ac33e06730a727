import { adviceOn } from "./buildAdvice";
import type { BuildRequest } from "./buildRequest";
import { podNameOf } from "../shared/explainPending";
import { Failure, type FailureDetails } from "../shared/failure";
import { infrastructureCause } from "./infrastructure";
import type { Build } from "../../cluster/objects";

/** What is left of a build's log when it failed. */
export interface LogRest {
    lines: readonly string[];
    file: string | undefined;
}

/** A Build that failed for what is around it: another attempt may succeed. */
export class LostBuild extends Failure {
    constructor(
        readonly build: string,
        /** What happened, in a few words. */
        readonly reason: string,
        details: FailureDetails,
    ) {
        super(details);
    }
}

/** A Build that ended, but not well. */
export function failedBuild(request: BuildRequest, build: Build, log: LogRest): Failure {
    const { name } = build.metadata;
    const { phase, reason, message } = build.status;
    const why = [reason, message].filter((part) => part !== undefined).join(": ");
    const advice = adviceOn(reason, why, log.lines);
    const details = {
        headline: `${subject(request)}: build ${name} ended as ${phase}${why === "" ? "." : `: ${why}`}`,
        facts: advice === undefined ? [] : [advice],
        tail: log.lines,
        logFile: log.file,
        next: [logCommand(request, name)],
    };
    const cause = infrastructureCause(build, log.lines);
    return cause === undefined ? new Failure(details) : new LostBuild(name, cause, details);
}

/** A Build whose node is gone, with all that it had done. */
export function cutOffBuild(request: BuildRequest, build: Build, end: string): LostBuild {
    const { name } = build.metadata;
    return new LostBuild(name, "its node does not answer", {
        headline: `${subject(request)}: the node of build ${name} does not answer any more; ${end}.`,
        next: ["oc get nodes -L kubernetes.io/arch", "pulumi up (starts another build)"],
    });
}

/** A Build whose pod OpenShift has made, but not the ConfigMap that the pod waits for. */
export function halfMadeBuild(request: BuildRequest, build: Build, missing: string): LostBuild {
    const { name } = build.metadata;
    return new LostBuild(name, `OpenShift did not make its ConfigMap ${missing}`, {
        headline: `${subject(request)}: the pod of build ${name} waits for the ConfigMap ${missing}, which OpenShift did not make; it was cancelled.`,
        next: ["oc get pods -n openshift-controller-manager", "pulumi up (starts another build)"],
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

/** A Build that waits for what no waiting brings. */
export function cannotStart(
    request: BuildRequest,
    build: Build,
    reason: string,
    advice: string,
    end: string,
): Failure {
    return new Failure({
        headline: `${subject(request)}: build ${build.metadata.name} cannot start; ${end}.`,
        facts: [`Why: ${reason}`, advice],
        next: [`oc describe build ${build.metadata.name} -n ${request.namespace}`, "pulumi up"],
    });
}

/** A Build that did not end in time, counted from when it ran. */
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
            "npm run up (pulumi up --refresh puts an edited BuildConfig back; this build is not used again)",
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
