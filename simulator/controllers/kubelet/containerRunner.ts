import type { Terminated } from "../objects";
import { seconds, TAKES } from "../time";
import { pulledImage, type Running, startContainer, startWhenConfigured } from "./container";
import type { KubeletKit } from "./kit";
import { watchHealth } from "./probes";
import type { Known, PodFacts } from "./status";

/** Runs one container of a pod: once, or again and again as the pod's restart policy has it. */
export class ContainerRunner {
    private running: Running | undefined;

    constructor(
        private readonly kit: KubeletKit,
        private readonly facts: PodFacts,
        readonly known: Known,
        private readonly list: string,
        private readonly shared: (volume: string) => Map<string, unknown>,
        private readonly tell: () => Promise<void>,
    ) {}

    get name(): string {
        return this.known.spec.name;
    }

    /** Runs it to its end, which is in its state then. */
    async once(signal: AbortSignal): Promise<Terminated> {
        const { known, kit } = this;
        const running = await this.start(signal);
        const health = new AbortController();
        const checked = watchHealth(
            kit,
            this.facts,
            known,
            running,
            this.event,
            this.tell,
            health.signal,
        );
        let end: Terminated;
        try {
            await this.tell();
            end = await Promise.race([running.ended, aborted(signal)]);
        } finally {
            health.abort();
            await checked;
        }
        await kit.clock.sleep(TAKES.relist, signal);
        this.over(end);
        return end;
    }

    /** Runs it, and again when it has ended, with growing pauses, if the pod's policy says so. */
    async supervise(again: boolean, signal: AbortSignal): Promise<void> {
        const { kit, facts, tell } = this;
        const policy = facts.pod.spec.restartPolicy ?? "Always";
        let pause: number = TAKES.crashBackOff;
        let first = true;
        if (again) {
            this.next();
        }
        for (;;) {
            const began = kit.clock.now();
            const { exitCode } = await this.once(signal);
            await tell();
            if (policy === "Never" || (policy === "OnFailure" && exitCode === 0)) {
                return;
            }
            if (kit.clock.now() - began > TAKES.crashBackOffForgotten) {
                pause = TAKES.crashBackOff;
                first = true;
            }
            if (!first) {
                await this.backOff(pause, signal);
                pause = Math.min(pause * 2, TAKES.crashBackOffLongest);
            }
            first = false;
            this.next();
        }
    }

    /** Asks it to end; `told` says so in an event. */
    stop(told: boolean): void {
        if (this.running !== undefined && told) {
            this.event({
                type: "Normal",
                reason: "Killing",
                message: `Stopping container ${this.name}`,
            });
        }
        this.running?.stop();
    }

    /** Ends it at once. */
    kill(exitCode: number, reason: string): void {
        const { running } = this;
        running?.kill(exitCode, reason);
        void running?.ended.then((end) => {
            this.over(end);
        });
    }

    /** The kernel kills a child process of it for memory. */
    killChild(): void {
        this.running?.killChild();
    }

    /** Ends it for good, by force where it does not within so many milliseconds. */
    async leave(limit: number, signal: AbortSignal): Promise<void> {
        const { running, known } = this;
        if (running === undefined) {
            if (known.state.waiting !== undefined && known.lastState.terminated !== undefined) {
                known.state = known.lastState;
                await this.tell();
            }
            return;
        }
        this.stop(true);
        const forced = new AbortController();
        const late = this.kit.clock
            .sleep(limit, AbortSignal.any([forced.signal, signal]))
            .then(() => {
                running.kill(137, "Error");
            })
            .catch(() => undefined);
        const end = await running.ended;
        forced.abort();
        await late;
        await this.kit.clock.sleep(TAKES.start, signal);
        this.over(end);
    }

    private async start(signal: AbortSignal): Promise<Running> {
        const { kit, facts, known } = this;
        const show = async (reason: string, message: string) => {
            known.state = { waiting: { reason, message } };
            await this.tell();
        };
        const image = await pulledImage(kit, facts.pod, known, this.event, show, signal);
        const running = await startWhenConfigured(
            () => startContainer(kit, facts.pod, known, image, this.shared),
            this.event,
            show,
            () => kit.clock.sleep(TAKES.crashBackOff, signal),
        );
        this.running = running;
        this.event({ type: "Normal", reason: "Created", message: "Container created" });
        await kit.clock.sleep(TAKES.start, signal);
        this.event({ type: "Normal", reason: "Started", message: "Container started" });
        known.state = { running: { startedAt: seconds(kit.clock.now()) } };
        known.started = true;
        known.ready = this.list === "containers" && known.spec.readinessProbe === undefined;
        return running;
    }

    private async backOff(pause: number, signal: AbortSignal): Promise<void> {
        const { kit, known, facts } = this;
        const { name, namespace = "", uid } = facts.pod.metadata;
        const pod = `${name}_${namespace}(${uid})`;
        this.event({
            type: "Warning",
            reason: "BackOff",
            message: `Back-off restarting failed container ${this.name} in pod ${pod}`,
        });
        known.lastState = known.state;
        const message = `back-off ${duration(pause)} restarting failed container=${this.name} pod=${pod}`;
        known.state = { waiting: { reason: "CrashLoopBackOff", message } };
        await this.tell();
        await kit.clock.sleep(pause, signal);
    }

    /** Makes ready for the next run. */
    private next(): void {
        const { known } = this;
        if (known.state.terminated !== undefined) {
            known.lastState = known.state;
        }
        known.restarts++;
    }

    private over(end: Terminated): void {
        const { known } = this;
        known.state = { terminated: end };
        known.ready = this.list === "initContainers" && end.exitCode === 0;
        known.started = false;
        this.running = undefined;
    }

    private readonly event = (words: {
        type: "Normal" | "Warning";
        reason: string;
        message: string;
    }) => {
        const fieldPath = `spec.${this.list}{${this.name}}`;
        this.kit.recorder.tell(
            { ...this.facts.pod, kind: "Pod", apiVersion: "v1" },
            { ...words, fieldPath },
        );
    };
}

/** Rejects when the signal is aborted. */
function aborted(signal: AbortSignal): Promise<never> {
    return new Promise((_, reject) => {
        const abort = () => {
            reject(signal.reason as Error);
        };
        if (signal.aborted) {
            abort();
        }
        signal.addEventListener("abort", abort, { once: true });
    });
}

/** As Go writes a duration: `1m20s`. */
function duration(milliseconds: number): string {
    const whole = Math.round(milliseconds / 1_000);
    const minutes = Math.floor(whole / 60);
    return minutes === 0 ? `${whole}s` : `${minutes}m${whole % 60}s`;
}
