import { Clock } from "../../cluster/clock";
import { Cluster, paths } from "../../cluster/cluster";
import { LogFollower } from "../shared/logFollower";
import type { Pod } from "../../cluster/objects";
import { isLive } from "./publisherPods";
import { PublisherEvent, readEvent } from "./publisherEvents";
import { isRemoved } from "../shared/removedLog";
import { LogTail } from "../shared/tailLog";

/** The name that the Job gives its only container. */
export const PUBLISHER_CONTAINER = "publisher";

// steps/publish/scripts/common.sh ends with them when all would be the same the next time.
const REFUSALS: ReadonlyMap<number, Refusal> = new Map([
    [77, "registry"],
    [78, "contents"],
]);

/** What refuses: the registry, or the look into an image. */
export type Refusal = "contents" | "registry";

/** One pod of the publisher: its output is read once, from the first byte to the last. */
export class PublisherPod {
    private readonly tail: LogTail;
    private readonly follower: LogFollower;
    private followed = false;

    constructor(
        private pod: Pod,
        namespace: string,
        private readonly architectures: readonly string[],
        private readonly onEvent: (event: PublisherEvent) => void,
        cluster: Cluster,
        clock: Clock,
    ) {
        this.tail = new LogTail((line) => {
            const event = readEvent(line, architectures);
            if (event === undefined) {
                return line;
            }
            onEvent(event);
            return undefined;
        });
        this.follower = new LogFollower(
            (follow, signal) =>
                cluster.streamLog(
                    paths.podLog(namespace, pod.metadata.name, PUBLISHER_CONTAINER, follow),
                    signal,
                ),
            (bytes) => {
                this.tail.push(bytes);
            },
            clock,
        );
    }

    get current(): Pod {
        return this.pod;
    }

    /** Takes in the pod's newest state; true when its output should be followed from now on. */
    see(pod: Pod): boolean {
        this.pod = pod;
        const { state } = this.status() ?? {};
        const started = state?.running !== undefined || state?.terminated !== undefined;
        const begins = started && !this.followed;
        this.followed ||= begins;
        return begins;
    }

    /** Follows the output; rejects with a BadEvent for a report that is none. */
    follow(signal: AbortSignal): Promise<void> {
        return this.follower.follow(() => !isLive(this.pod), signal);
    }

    /** Call when the pod has ended: reads the rest, and its last words if there is no more log. */
    async drain(signal: AbortSignal): Promise<void> {
        await this.follower.drain(5_000, true, signal);
        this.tail.end();
        for (const line of this.lastWords().split("\n")) {
            const event = readEvent(line, this.architectures);
            if (event !== undefined) {
                this.onEvent(event);
            }
        }
    }

    /** Its last lines; else what its container left behind. */
    lines(): string[] {
        const lines = this.tail.lines();
        return lines.length > 0 && !isRemoved(lines)
            ? lines
            : this.lastWords()
                  .split("\n")
                  .filter((line) => line !== "");
    }

    /** How it ended: `Error, exit code 1`. */
    ending(): string {
        const terminated = this.status()?.state?.terminated;
        const { reason, message } = this.pod.status;
        const container =
            terminated === undefined
                ? []
                : [terminated.reason ?? "ended", `exit code ${terminated.exitCode ?? "unknown"}`];
        return [...container, reason, message].filter((part) => part !== undefined).join(", ");
    }

    /** Why another pod would fare no better, if it would not: the registry refuses, or an image is not for its architecture. */
    refusal(): Refusal | undefined {
        return REFUSALS.get(this.status()?.state?.terminated?.exitCode ?? 0);
    }

    private lastWords(): string {
        return this.status()?.state?.terminated?.message ?? "";
    }

    private status() {
        const { containerStatuses } = this.pod.status;
        return containerStatuses.find(({ name }) => name === PUBLISHER_CONTAINER);
    }
}
