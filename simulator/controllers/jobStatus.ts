import type { JobStatus } from "./jobObjects";

/** What changes in a Job's status, as a merge patch; undefined when nothing does. */
export function statusChanges(before: JobStatus, status: JobStatus): object | undefined {
    const changes = Object.entries(status).filter(
        ([key, value]) =>
            JSON.stringify(before[key as keyof JobStatus] ?? EMPTY[key]) !== JSON.stringify(value),
    );
    if (changes.length === 0) {
        return undefined;
    }
    return Object.fromEntries(
        changes.map(([key, value]) => [
            key,
            key === "uncountedTerminatedPods" ? lists(value) : (value as unknown),
        ]),
    );
}

const EMPTY: Readonly<Record<string, unknown>> = {
    uncountedTerminatedPods: undefined,
    conditions: [],
};

/** A merge patch leaves out what it does not name: an empty list says so. */
function lists(value: unknown) {
    const { succeeded = [], failed = [] } = value as NonNullable<
        JobStatus["uncountedTerminatedPods"]
    >;
    return {
        succeeded: succeeded.length > 0 ? succeeded : null,
        failed: failed.length > 0 ? failed : null,
    };
}
