import type { Job } from "./jobObjects";
import type { Condition, Pod } from "./objects";

/** What is left of a Job's way: why it ends, and with which conditions, in the order of Kubernetes 1.36. */
export interface JobEnd {
    /** The condition that comes first, while pods are still being ended: SuccessCriteriaMet or FailureTarget. */
    readonly first: "SuccessCriteriaMet" | "FailureTarget";
    readonly last: "Complete" | "Failed";
    readonly reason: string;
    readonly message: string;
}

/** How many pods of a Job have ended how, and how long it has run. */
export interface JobCounts {
    readonly succeeded: number;
    readonly failed: number;
    /** Milliseconds since its start. */
    readonly age: number;
    /** Why its podFailurePolicy fails it, if it does. */
    readonly ruled?: string;
}

/** How a Job ends, or undefined when it goes on. */
export function endOf({ spec, metadata }: Job, counts: JobCounts): JobEnd | undefined {
    if (counts.ruled !== undefined) {
        return failed("PodFailurePolicy", counts.ruled);
    }
    if (counts.failed > (spec.backoffLimit ?? 6)) {
        return failed("BackoffLimitExceeded", "Job has reached the specified backoff limit");
    }
    if (
        spec.activeDeadlineSeconds !== undefined &&
        counts.age >= spec.activeDeadlineSeconds * 1_000
    ) {
        return failed("DeadlineExceeded", "Job was active longer than specified deadline");
    }
    if (counts.succeeded >= (spec.completions ?? 1) && metadata.deletionTimestamp === undefined) {
        return {
            first: "SuccessCriteriaMet",
            last: "Complete",
            reason: "CompletionsReached",
            message: "Reached expected number of succeeded pods",
        };
    }
    return undefined;
}

function failed(reason: string, message: string): JobEnd {
    return { first: "FailureTarget", last: "Failed", reason, message };
}

/** The end that a Job's conditions have announced already. */
export function announcedEnd({ status }: Job): JobEnd | undefined {
    const found = status?.conditions?.find(
        ({ type, status: is }) =>
            is === "True" && (type === "SuccessCriteriaMet" || type === "FailureTarget"),
    );
    if (found === undefined) {
        return undefined;
    }
    const first = found.type === "SuccessCriteriaMet" ? "SuccessCriteriaMet" : "FailureTarget";
    const { reason = "", message = "" } = found;
    return { first, last: first === "FailureTarget" ? "Failed" : "Complete", reason, message };
}

/** True when a Job has ended for good. */
export function isFinished({ status }: Job): boolean {
    return (status?.conditions ?? []).some(
        ({ type, status: is }) => is === "True" && (type === "Complete" || type === "Failed"),
    );
}

/** A Job's conditions with one of its end's. */
export function withEnd(
    conditions: readonly Condition[] = [],
    { reason, message }: JobEnd,
    type: string,
    now: string,
): Condition[] {
    const times = { lastProbeTime: now, lastTransitionTime: now };
    return conditions.some((it) => it.type === type)
        ? [...conditions]
        : [...conditions, { type, status: "True", ...times, reason, message }];
}

/** The condition of a Job that is suspended. */
export function suspension(now: string): Condition {
    const times = { lastProbeTime: now, lastTransitionTime: now };
    return {
        type: "Suspended",
        status: "True",
        ...times,
        reason: "JobSuspended",
        message: "Job suspended",
    };
}

/** Milliseconds that an ended Job stays, after its ttlSecondsAfterFinished; undefined where it stays for ever. */
export function lifeLeft({ spec, status }: Job, now: number): number | undefined {
    const ended = status?.conditions?.find(
        ({ type }) => type === "Complete" || type === "Failed",
    )?.lastTransitionTime;
    return spec.ttlSecondsAfterFinished === undefined || ended === undefined || ended === null
        ? undefined
        : Date.parse(ended) + spec.ttlSecondsAfterFinished * 1_000 - now;
}

/** What a Job's podFailurePolicy says of a failed pod: `Ignore` it, count it, or why the Job fails. */
export function ruling({ spec }: Job, pod: Pod): "Count" | "Ignore" | { fail: string } {
    for (const [index, rule] of (spec.podFailurePolicy?.rules ?? []).entries()) {
        const matched =
            exitCodeMatch(rule.onExitCodes, pod) ?? conditionMatch(rule.onPodConditions, pod);
        if (matched === undefined) {
            continue;
        }
        if (rule.action === "FailJob") {
            return { fail: `${matched} matching FailJob rule at index ${index}` };
        }
        return rule.action === "Ignore" ? "Ignore" : "Count";
    }
    return "Count";
}

type Rule = NonNullable<Job["spec"]["podFailurePolicy"]>["rules"][number];

function exitCodeMatch(wanted: Rule["onExitCodes"], { metadata, status }: Pod): string | undefined {
    const { namespace = "", name } = metadata;
    for (const container of wanted === undefined ? [] : (status?.containerStatuses ?? [])) {
        const code = container.state.terminated?.exitCode ?? 0;
        const listed = wanted?.values.includes(code) === true;
        const ofIt = wanted?.containerName === undefined || wanted.containerName === container.name;
        if (code !== 0 && ofIt && (wanted?.operator === "In" ? listed : !listed)) {
            return `Container ${container.name} for pod ${namespace}/${name} failed with exit code ${code}`;
        }
    }
    return undefined;
}

function conditionMatch(
    wanted: Rule["onPodConditions"],
    { metadata, status }: Pod,
): string | undefined {
    const has = ({ type, status: is }: Condition) =>
        wanted?.some((it) => it.type === type && (it.status ?? "True") === is) === true;
    const found = status?.conditions?.find(has);
    const { namespace = "", name } = metadata;
    return found && `Pod ${namespace}/${name} has condition ${found.type}`;
}
