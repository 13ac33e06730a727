import type {
    Condition,
    Container,
    ContainerState,
    ContainerStatus,
    Pod,
    PodStatus,
} from "../objects";

/** What a kubelet knows of one container. */
export interface Known {
    readonly spec: Container;
    state: ContainerState;
    lastState: ContainerState;
    ready: boolean;
    started: boolean;
    restarts: number;
    image: string;
    imageID: string;
    containerID?: string;
}

/** What a kubelet knows of one pod; everything in a pod's status follows from it. */
export interface PodFacts {
    pod: Pod;
    readonly init: readonly Known[];
    readonly main: readonly Known[];
    /** Whether the pod's network and mounts are there. */
    sandbox: boolean;
    /** Whether the kubelet has let go of all that the pod used: only then its last phase is told. */
    released: boolean;
    startTime: string;
    podIP: string | undefined;
    hostIP: string;
    /** The pod's own end, such as `Evicted`: beside what its containers say. */
    ending: { reason?: string; message?: string } | undefined;
}

/** A container before anything has happened to it. */
export function unborn(spec: Container, waitsFor: string): Known {
    return {
        spec,
        state: { waiting: { reason: waitsFor } },
        lastState: {},
        ready: false,
        started: false,
        restarts: 0,
        image: spec.image,
        imageID: "",
    };
}

/** The phase that a pod's containers make. */
export function phaseOf({ pod, init, main, ending }: PodFacts): string {
    if (ending !== undefined) {
        return "Failed";
    }
    const policy = pod.spec.restartPolicy ?? "Always";
    const leaving = pod.metadata.deletionTimestamp !== undefined;
    const ended = ({ state, lastState }: Known) =>
        state.terminated ??
        (state.waiting !== undefined && leaving ? lastState.terminated : undefined);
    if (
        init.some(
            ({ state }) => state.terminated !== undefined && state.terminated.exitCode !== 0,
        ) &&
        policy === "Never"
    ) {
        return "Failed";
    }
    const begun = main.some(
        ({ state, lastState }) => state.waiting === undefined || lastState.terminated !== undefined,
    );
    if (!begun) {
        return "Pending";
    }
    const ends = main.map(ended);
    if (ends.every((end) => end !== undefined) && (policy !== "Always" || leaving)) {
        const good = ends.every((end) => end.exitCode === 0);
        if (good || policy === "Never" || leaving) {
            return good ? "Succeeded" : "Failed";
        }
    }
    return "Running";
}

/** A pod's conditions, in the order in which the kubelet of 1.36 writes them. */
export function conditionsOf(
    facts: PodFacts,
    now: string,
    before: readonly Condition[],
): Condition[] {
    const { pod, init, main, sandbox } = facts;
    const phase = phaseOf(facts);
    const over =
        phase === "Succeeded"
            ? "PodCompleted"
            : phase === "Failed" && main.some(({ state }) => state.terminated !== undefined)
              ? "PodFailed"
              : undefined;
    const incomplete = init
        .filter(({ state }) => state.terminated?.exitCode !== 0)
        .map(({ spec }) => spec.name);
    const unready = main.filter(({ ready }) => !ready).map(({ spec }) => spec.name);
    const readiness =
        over !== undefined
            ? { status: "False", reason: over }
            : unready.length === 0
              ? { status: "True" }
              : {
                    status: "False",
                    reason: "ContainersNotReady",
                    message: `containers with unready status: [${unready.join(" ")}]`,
                };
    const initialized =
        incomplete.length === 0
            ? { status: "True", ...(phase === "Succeeded" && { reason: "PodCompleted" }) }
            : {
                  status: "False",
                  reason: "ContainersNotInitialized",
                  message: `containers with incomplete status: [${incomplete.join(" ")}]`,
              };
    const own: Omit<Condition, "lastTransitionTime">[] = [
        { type: "PodReadyToStartContainers", status: sandbox ? "True" : "False" },
        { type: "Initialized", ...initialized },
        { type: "Ready", ...readiness },
        { type: "ContainersReady", ...readiness },
        { type: "PodScheduled", status: "True" },
    ];
    // What others say of the pod stays, such as why it is evicted.
    const others = (pod.status?.conditions ?? []).filter(
        ({ type }) => !own.some((it) => it.type === type),
    );
    const conditions = own.map((condition) => {
        const known = before.find(({ type }) => type === condition.type);
        const since = known?.status === condition.status ? known.lastTransitionTime : now;
        const { type, ...rest } = condition;
        const observedGeneration = pod.metadata.generation ?? 1;
        return {
            type,
            observedGeneration,
            ...rest,
            lastProbeTime: null,
            lastTransitionTime: since,
        };
    });
    return [...others, ...conditions];
}

function statusOf({
    spec,
    state,
    lastState,
    ready,
    restarts,
    image,
    imageID,
    containerID,
    started,
}: Known): ContainerStatus {
    return {
        name: spec.name,
        state,
        lastState,
        ready,
        restartCount: restarts,
        image,
        imageID,
        ...(containerID === undefined ? {} : { containerID }),
        started,
    };
}

/** A pod's status, as the kubelet tells it. */
export function podStatusOf(facts: PodFacts, now: string, before: PodStatus): PodStatus {
    const { pod, init, main, podIP, hostIP, startTime, ending, released } = facts;
    const phase = phaseOf(facts);
    const last = phase === "Succeeded" || phase === "Failed";
    const told = last && !released ? (before.phase ?? "Pending") : phase;
    return {
        phase: told,
        ...(ending ?? {}),
        conditions: conditionsOf(facts, now, before.conditions ?? []),
        hostIP,
        startTime,
        ...(podIP === undefined ? {} : { podIP }),
        ...(init.length === 0 ? {} : { initContainerStatuses: init.map(statusOf) }),
        containerStatuses: main.map(statusOf),
        ...(pod.status?.qosClass === undefined ? {} : { qosClass: pod.status.qosClass }),
    };
}
