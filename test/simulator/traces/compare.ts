import digest from "./digest.json";
import type { ObjectHistory } from "./history";

/** What a real OpenShift said of each object in one case. Throws where there is no such case. */
export function recorded(bed: string, test: RegExp): Map<string, ObjectHistory> {
    const found = digest.cases.filter((it) => it.bed === bed && test.test(it.test));
    const [only] = found;
    if (only === undefined || found.length > 1) {
        throw new Error(`${found.length} cases of ${bed} are called ${String(test)}`);
    }
    const objects = Object.entries(only.objects as Readonly<Record<string, number>>);
    return new Map(
        objects.map(([name, number]) => {
            const [states = [], events = []] = digest.histories[number] ?? [];
            const texts = (lines: readonly number[]) =>
                lines.map((line) => digest.lines[line] ?? "");
            return [name, { states: texts(states), events: texts(events) }];
        }),
    );
}

/**
 * A history without what chance decides: each of these was seen both ways in the recording. A test compares what is left line
 * by line.
 */
export function settled(name: string, { states, events }: ObjectHistory): ObjectHistory {
    return {
        states: inOrder(
            states
                .filter((line, at) => !isChance(name, line, states, at))
                .map((it) => words(name, it)),
        ),
        events: events
            .filter((line) => !/Unhealthy kubelet .* Readiness probe failed/.test(line))
            .map((it) => words(name, it)),
    };
}

function isChance(name: string, line: string, states: readonly string[], at: number): boolean {
    // Whether the pod's network is there when the kubelet first tells of the pod.
    const begun = states.slice(0, at).some((it) => /^container .*: running/.test(it));
    if (line.startsWith("condition PodReadyToStartContainers") && !begun) {
        return true;
    }
    // Whether a Job lets go of its pod before or after the pod has ended.
    if (name.startsWith("pods/context-api-publisher") && /^finalizers: *$/.test(line)) {
        return true;
    }
    // The recording leaves out that a node's last taint goes.
    if (/^taints: *$/.test(line)) {
        return true;
    }
    // Whether a deleted pod takes longer to end than its Job to look.
    if (line.startsWith("terminating: ")) {
        return true;
    }
    // Whether two old pods end one after the other, or at the same time.
    return line.startsWith("terminatingReplicas") && !name.startsWith("pods/");
}

function words(name: string, line: string): string {
    // Which of two pods that are started together gets which node.
    const placed = name.startsWith("pods/context-api-SET")
        ? line.replace(/node-(amd64|arm64)/, "node-ARCHITECTURE")
        : line;
    // A builder's log: its tools say more than the simulated ones. Its last line is why it ended.
    const [first = "", ...rest] = placed.split("\n");
    const last = rest.filter((it) => it !== "").at(-1);
    const head = /^(container \S+( before)?: terminated \d+ \S+|log):/.exec(first)?.[0];
    if (head === undefined || last === undefined) {
        return placed.trimEnd();
    }
    // Where a builder was when it was killed.
    return /^error:/i.test(last) ? `${head} … ${last}` : `${head} …`;
}

/** A Job's counts change together or one after the other: their order within a run of them says nothing. */
function inOrder(states: readonly string[]): string[] {
    const result: string[] = [];
    let counts: string[] = [];
    for (const line of [...states, ""]) {
        if (/^(active|ready|terminating): /.test(line)) {
            counts.push(line);
            continue;
        }
        result.push(...counts.sort(), line);
        counts = [];
    }
    return result.slice(0, -1);
}
