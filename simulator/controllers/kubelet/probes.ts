import type { Probe } from "../objects";
import { TAKES } from "../time";
import type { Running, Tell } from "./container";
import type { KubeletKit } from "./kit";
import type { Known, PodFacts } from "./status";

/** Probes a container until the signal is aborted: readiness makes it ready or not, liveness has it started again. */
export async function watchHealth(
    kit: KubeletKit,
    facts: PodFacts,
    known: Known,
    running: Running,
    event: Tell,
    tell: () => Promise<void>,
    signal: AbortSignal,
): Promise<void> {
    const { readinessProbe, livenessProbe, startupProbe } = known.spec;
    const ask = (probe: Probe) => problemOf(probe, facts, known, running);
    try {
        if (startupProbe !== undefined) {
            known.started = false;
            await until(kit, startupProbe, ask, "Startup", event, signal, true);
            known.started = true;
        }
    } catch {
        if (!signal.aborted) {
            event({
                type: "Normal",
                reason: "Killing",
                message: `Container ${known.spec.name} failed startup probe, will be restarted`,
            });
            running.stop();
        }
        return;
    }
    await Promise.all([
        readinessProbe === undefined
            ? undefined
            : readiness(kit, readinessProbe, known, ask, event, tell, signal),
        livenessProbe === undefined
            ? undefined
            : until(kit, livenessProbe, ask, "Liveness", event, signal, false).catch(() => {
                  if (!signal.aborted) {
                      event({
                          type: "Normal",
                          reason: "Killing",
                          message: `Container ${known.spec.name} failed liveness probe, will be restarted`,
                      });
                      running.stop();
                  }
              }),
    ]);
}

/** Probes until it succeeds (`once`), or for ever; rejects when it has failed too often. */
async function until(
    kit: KubeletKit,
    probe: Probe,
    ask: (probe: Probe) => string | undefined,
    kind: string,
    event: Tell,
    signal: AbortSignal,
    once: boolean,
): Promise<void> {
    await kit.clock.sleep((probe.initialDelaySeconds ?? 0) * 1_000, signal);
    for (let failures = 0; ;) {
        const problem = ask(probe);
        if (problem === undefined && once) {
            return;
        }
        failures = problem === undefined ? 0 : failures + 1;
        if (problem !== undefined) {
            event({
                type: "Warning",
                reason: "Unhealthy",
                message: `${kind} probe failed: ${problem}`,
            });
        }
        if (failures >= (probe.failureThreshold ?? 3)) {
            throw new Error(`${kind} probe failed`);
        }
        await kit.clock.sleep((probe.periodSeconds ?? 10) * 1_000, signal);
    }
}

async function readiness(
    kit: KubeletKit,
    probe: Probe,
    known: Known,
    ask: (probe: Probe) => string | undefined,
    event: Tell,
    tell: () => Promise<void>,
    signal: AbortSignal,
): Promise<void> {
    try {
        await kit.clock.sleep((probe.initialDelaySeconds ?? 0) * 1_000, signal);
        for (let failures = 0, first = true; ; first = false) {
            const problem = ask(probe);
            failures = problem === undefined ? 0 : failures + 1;
            if (problem !== undefined) {
                event({
                    type: "Warning",
                    reason: "Unhealthy",
                    message: `Readiness probe failed: ${problem}`,
                });
            }
            const ready =
                problem === undefined || (known.ready && failures < (probe.failureThreshold ?? 3));
            if (ready !== known.ready) {
                known.ready = ready;
                await tell();
            }
            // A container that has just started is looked at once more at once.
            await kit.clock.sleep(
                first ? TAKES.start : (probe.periodSeconds ?? 10) * 1_000,
                signal,
            );
        }
    } catch (error) {
        if (!signal.aborted) {
            throw error;
        }
    }
}

/** What a probe finds wrong, in the kubelet's words. */
function problemOf(
    { httpGet }: Probe,
    { podIP = "" }: PodFacts,
    known: Known,
    running: Running,
): string | undefined {
    if (httpGet === undefined) {
        return undefined;
    }
    const { port, path = "/" } = httpGet;
    const number =
        typeof port === "number"
            ? port
            : known.spec.ports?.find(({ name }) => name === port)?.containerPort;
    const listener = running.listener(number ?? 0);
    const address = `${podIP}:${number ?? 0}`;
    if (listener === undefined) {
        return `Get "http://${address}${path}": dial tcp ${address}: connect: connection refused`;
    }
    const status = listener(path);
    return status >= 200 && status < 400
        ? undefined
        : `HTTP probe failed with statuscode: ${status}`;
}
