import type { SimClock } from "../clock";
import type { Condition, Pod } from "./objects";
import { timestamp } from "./time";
import type { Build, BuildStatus } from "./workloads";

/** A reason and its words, as OpenShift 4.22 has them. */
export interface Why {
    readonly reason: string;
    readonly message: string;
}

/** Why builds end, in the words of OpenShift 4.22's API (build/v1 and its controller). */
export const WHY = {
    cancelled: { reason: "CancelledBuild", message: "The build was cancelled by the user." },
    podDeleted: {
        reason: "BuildPodDeleted",
        message: "The pod for this build was deleted before the build completed.",
    },
    outOfMemory: {
        reason: "OutOfMemoryKilled",
        message: "The build pod was killed due to an out of memory condition.",
    },
    evicted: { reason: "BuildPodEvicted", message: "The pod for this build was evicted." },
    generic: {
        reason: "GenericBuildFailed",
        message: "Generic Build failure - check logs for details.",
    },
    noOutput: {
        reason: "InvalidOutputReference",
        message: "Output image could not be resolved.",
    },
    exceeded: {
        reason: "DeadlineExceeded",
        message: "Pod was active on the node longer than the specified deadline",
    },
} as const satisfies Readonly<Record<string, Why>>;

const OVER = ["Complete", "Failed", "Error", "Cancelled"];
const SNIPPET_LINES = 5;
const SNIPPET_LENGTH = 120;

/** True when a Build has ended. */
export function isOver({ status }: Build): boolean {
    return OVER.includes(status.phase);
}

/** What changes in a Build's status when it comes into another phase. */
export function intoPhase(
    { status }: Build,
    phase: string,
    clock: SimClock,
    why?: Why,
): Partial<BuildStatus> {
    return {
        phase,
        ...(why ?? {}),
        conditions: conditionsFor(status.conditions ?? [], phase, timestamp(clock), why),
    };
}

/** A Build's conditions in a phase: one for each phase that it has been in, the others False. */
export function conditionsFor(
    before: readonly Condition[],
    phase: string,
    now: string,
    why?: Why,
): Condition[] {
    const others = before
        .filter(({ type }) => type !== phase)
        .map((it) =>
            it.status === "True"
                ? { type: it.type, status: "False", lastUpdateTime: now, lastTransitionTime: now }
                : it,
        );
    const known = before.find(({ type }) => type === phase);
    const since = known?.status === "True" ? (known.lastTransitionTime ?? now) : now;
    return [
        ...others,
        {
            type: phase,
            status: "True",
            lastUpdateTime: now,
            lastTransitionTime: since,
            ...(why ?? {}),
        },
    ];
}

/** When a Build ended, and how long it took. */
export function completion({ status, metadata }: Build, clock: SimClock): Partial<BuildStatus> {
    const startTimestamp = status.startTimestamp ?? metadata.creationTimestamp;
    const took = Math.round((clock.now() - Date.parse(startTimestamp)) / 1_000);
    return {
        startTimestamp,
        completionTimestamp: timestamp(clock),
        duration: took * 1_000_000_000,
    };
}

/** Why a Build's pod has failed, where the builder has not said it itself. */
export function whyPodFailed(pod: Pod): Why {
    const statuses = [
        ...(pod.status?.initContainerStatuses ?? []),
        ...(pod.status?.containerStatuses ?? []),
    ];
    if (pod.status?.reason === "Evicted") {
        return WHY.evicted;
    }
    if (pod.status?.reason === "DeadlineExceeded") {
        return WHY.exceeded;
    }
    return statuses.some(({ state }) => state.terminated?.reason === "OOMKilled")
        ? WHY.outOfMemory
        : WHY.generic;
}

/** The end of a failed pod's log, as a Build shows it: five lines, long ones without their middle. */
export function logSnippet(pod: Pod): string | undefined {
    const statuses = [
        ...(pod.status?.initContainerStatuses ?? []),
        ...(pod.status?.containerStatuses ?? []),
    ];
    const message = statuses
        .map(({ state }) => state.terminated)
        .find((it) => (it?.exitCode ?? 0) !== 0)?.message;
    if (message === undefined || message === "") {
        return undefined;
    }
    const lines = message.replace(/\n$/, "").split("\n").slice(-SNIPPET_LINES);
    return lines
        .map((line) =>
            line.length <= SNIPPET_LENGTH ? line : `${line.slice(0, 58)}...${line.slice(-59)}`,
        )
        .join("\n");
}
