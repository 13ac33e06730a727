import { setMaxListeners } from "node:events";

import type { Pod, PodStatus } from "../objects";
import { seconds, TAKES } from "../time";
import { ContainerRunner } from "./containerRunner";
import type { KubeletKit } from "./kit";
import { type Known, phaseOf, podStatusOf, type PodFacts, unborn } from "./status";
import { mountProblems } from "./volumes";

const NAMELESS = { kind: "Pod", apiVersion: "v1" } as const;

/** Runs one pod on a node, from its binding to its end. */
export class PodWorker {
    private readonly facts: PodFacts;
    private readonly runners: readonly ContainerRunner[];
    // Aborted when the pod is to end, and while the node is lost: then nothing happens and nothing is told.
    private readonly leaving = new AbortController();
    private lost = new AbortController();
    private told: PodStatus;
    private telling = Promise.resolve();
    private life: Promise<void> | undefined;

    constructor(
        private readonly kit: KubeletKit,
        pod: Pod,
    ) {
        const { initContainers = [], containers } = pod.spec;
        const waitsFor = initContainers.length > 0 ? "PodInitializing" : "ContainerCreating";
        this.told = pod.status ?? {};
        this.facts = {
            pod,
            init: initContainers.map((spec) => unborn(spec, "PodInitializing")),
            main: containers.map((spec) => unborn(spec, waitsFor)),
            sandbox: false,
            released: false,
            startTime: seconds(kit.clock.now()),
            podIP: undefined,
            hostIP: kit.node.address,
            ending: undefined,
        };
        const volumes = new Map<string, Map<string, unknown>>();
        const shared = (volume: string) => {
            const found = volumes.get(volume) ?? new Map<string, unknown>();
            volumes.set(volume, found);
            return found;
        };
        const runner = (known: Known, list: string) =>
            new ContainerRunner(kit, this.facts, known, list, shared, () => this.tell());
        this.runners = [
            ...this.facts.init.map((known) => runner(known, "initContainers")),
            ...this.facts.main.map((known) => runner(known, "containers")),
        ];
    }

    /** Begins the pod's life, once. */
    start(): void {
        this.live(() => this.begin());
    }

    /** Takes in the pod's newest state: it may be asked to go. */
    see(pod: Pod): void {
        this.facts.pod = pod;
        if (pod.metadata.deletionTimestamp !== undefined) {
            this.leaving.abort(new Error("the pod is deleted"));
        }
    }

    /** The pod is gone from the API, by force: its containers are ended all the same. */
    removed(): void {
        for (const runner of this.runners) {
            runner.stop(true);
        }
        this.lose();
    }

    /** The node is gone, and the containers with it; nobody is told. */
    lose(): void {
        this.lost.abort(new Error("the node is gone"));
        for (const runner of this.runners) {
            runner.kill(255, "Unknown");
        }
    }

    /** The node is back: says what became of the containers, and goes on. */
    regain(): void {
        this.lost = new AbortController();
        this.live(() => this.resume());
    }

    /** A container's processes, for causes that hit them. */
    container(name: string): ContainerRunner | undefined {
        return this.runners.find((runner) => runner.name === name);
    }

    /** Ends the pod for its own sake, as the kubelet does when a node is short of something or a deadline is over. */
    end(reason: string, message: string): void {
        this.facts.ending = { reason, message };
        this.leaving.abort(new Error(reason));
    }

    private live(part: () => Promise<void>): void {
        const before = this.life ?? Promise.resolve();
        this.life = before.then(part).catch((error: unknown) => {
            if (!this.lost.signal.aborted) {
                this.kit.report(error);
            }
        });
    }

    private get signal(): AbortSignal {
        const both = AbortSignal.any([this.lost.signal, this.leaving.signal]);
        setMaxListeners(0, both, this.lost.signal, this.leaving.signal);
        return both;
    }

    private async begin(): Promise<void> {
        try {
            await this.kit.clock.sleep(TAKES.firstStatus, this.signal);
            await this.tell();
            await this.mount();
            await this.run(false);
            await this.finish();
        } catch (error) {
            if (!this.leaving.signal.aborted || this.lost.signal.aborted) {
                throw error;
            }
        }
        await this.leave();
    }

    private async resume(): Promise<void> {
        const { facts } = this;
        facts.sandbox = false;
        facts.podIP = undefined;
        try {
            const never =
                facts.pod.spec.restartPolicy !== "Always" &&
                facts.pod.spec.restartPolicy !== undefined;
            const begun = facts.main.some(({ state }) => state.terminated !== undefined);
            await this.tell();
            if (never && begun) {
                await this.kit.clock.sleep(TAKES.start, this.lost.signal);
                await this.finish();
            } else {
                this.signal.throwIfAborted();
                this.tellEvent(
                    "Normal",
                    "SandboxChanged",
                    "Pod sandbox changed, it will be killed and re-created.",
                );
                await this.mount();
                await this.run(begun);
                await this.finish();
            }
        } catch (error) {
            if (!this.leaving.signal.aborted || this.lost.signal.aborted) {
                throw error;
            }
        }
        await this.leave();
    }

    /** Waits until every volume can be mounted. */
    private async mount(): Promise<void> {
        const { kit, facts } = this;
        for (
            let pause: number = TAKES.mountRetry;
            ;
            pause = Math.min(pause * 2, TAKES.mountRetryLongest)
        ) {
            const problems = mountProblems(facts.pod, kit.sources(facts.pod));
            for (const { volume, message } of problems) {
                const words = `MountVolume.SetUp failed for volume "${volume}" : ${message}`;
                this.tellEvent("Warning", "FailedMount", words);
            }
            if (problems.length === 0) {
                break;
            }
            await kit.clock.sleep(pause, this.signal);
        }
        await kit.clock.sleep(TAKES.sandbox, this.signal);
        facts.sandbox = true;
        facts.podIP = kit.nextAddress();
        await this.tell();
    }

    /** Runs the containers: init containers one after the other, then all others, until none has anything to do. */
    private async run(again: boolean): Promise<void> {
        const { facts, signal } = this;
        const of = (known: Known) => this.runners.find((runner) => runner.known === known);
        for (const known of facts.init) {
            if (known.state.terminated?.exitCode !== 0) {
                await of(known)?.once(signal);
                await this.tell();
            }
            if ((known.state.terminated?.exitCode ?? 0) !== 0) {
                return;
            }
        }
        const mains = facts.main.flatMap((known) => of(known)?.supervise(again, signal) ?? []);
        await Promise.all(mains);
    }

    /** Tells the last phase, once the kubelet has let go of the pod; then waits until somebody deletes it. */
    private async finish(): Promise<void> {
        await this.kit.clock.sleep(TAKES.finish, this.lost.signal);
        await this.release();
        await new Promise<void>((resolve) => {
            this.signal.addEventListener("abort", () => {
                resolve();
            });
            if (this.signal.aborted) {
                resolve();
            }
        });
        this.lost.signal.throwIfAborted();
    }

    private async release(): Promise<void> {
        this.facts.sandbox = false;
        this.facts.released = true;
        await this.tell();
    }

    /** Ends what runs, says so, and has the API forget a deleted pod. */
    private async leave(): Promise<void> {
        const { kit, facts } = this;
        const {
            deletionGracePeriodSeconds,
            deletionTimestamp,
            namespace = "",
            name,
            uid,
        } = facts.pod.metadata;
        const limit =
            (deletionGracePeriodSeconds ?? facts.pod.spec.terminationGracePeriodSeconds ?? 30) *
            1_000;
        await Promise.all(this.runners.map((runner) => runner.leave(limit, this.lost.signal)));
        if (!facts.released) {
            if (phaseOf(facts) === "Pending") {
                await this.tell();
                facts.sandbox = false;
                await this.tell();
                facts.ending ??= {};
            }
            await this.release();
        }
        if (deletionTimestamp !== undefined) {
            await kit.clock.sleep(TAKES.removal, this.lost.signal);
            await kit.client.remove("pods", namespace, name, { gracePeriodSeconds: 0, uid });
        }
    }

    /** Writes the pod's status where it has changed; one after the other. */
    private tell(): Promise<void> {
        this.telling = this.telling
            .catch(() => undefined)
            .then(async () => {
                this.lost.signal.throwIfAborted();
                const { facts, kit } = this;
                const status = podStatusOf(facts, seconds(kit.clock.now()), this.told);
                if (JSON.stringify(status) === JSON.stringify(this.told)) {
                    return;
                }
                const { namespace = "", name } = facts.pod.metadata;
                const patch = { status };
                const now = await kit.client.patch<Pod>("pods", namespace, name, patch, "status");
                this.told = { ...status, conditions: now.status?.conditions ?? status.conditions };
            });
        return this.telling;
    }

    private tellEvent(type: "Normal" | "Warning", reason: string, message: string): void {
        this.kit.recorder.tell({ ...this.facts.pod, ...NAMELESS }, { type, reason, message });
    }
}
