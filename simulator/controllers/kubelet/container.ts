import type { EventWords } from "../recorder";
import { seconds, TAKES } from "../time";
import type { Pod, Terminated } from "../objects";
import { ConfigProblem, environmentOf } from "./environment";
import type { KubeletKit } from "./kit";
import type { Listener, PulledImage } from "./program";
import type { Known } from "./status";
import { readMounted } from "./volumes";

// What FallbackToLogsOnError keeps of a log: 2048 bytes and 80 lines (Kubernetes: kuberuntime_container.go).
const FALLBACK_BYTES = 2_048;
const FALLBACK_LINES = 80;
// What may be written to /dev/termination-log.
const MESSAGE_BYTES = 4_096;

/** A container that runs. */
export interface Running {
    /** Resolves with its end. */
    readonly ended: Promise<Terminated>;
    /** Asks it to end, as SIGTERM does. */
    stop(): void;
    /** Ends it at once: for memory, or because its node is gone. */
    kill(exitCode: number, reason: string): void;
    /** The kernel kills one of its child processes for memory. */
    killChild(): void;
    /** What answers on a port. */
    listener(port: number): Listener | undefined;
    /** The end of its log, as a last message where it ended badly. */
    lastWords(): string;
}

/** Says what happens to a container of a pod. */
export type Tell = (words: Omit<EventWords, "fieldPath">) => void;

/** Starts a container whose image the node has. Throws a {@link ConfigProblem} when its variables cannot be had. */
export function startContainer(
    kit: KubeletKit,
    pod: Pod,
    known: Known,
    image: PulledImage,
    shared: (volume: string) => Map<string, unknown>,
): Running {
    const { spec } = known;
    const { clock } = kit;
    const sources = kit.sources(pod);
    const env = environmentOf(pod, spec, sources);
    const containerID = kit.nextContainer();
    const startedAt = seconds(clock.now());
    const log = kit.openLog(pod, spec.name, known.restarts);
    const stopping = new AbortController();
    const child = new AbortController();
    const listeners = new Map<number, Listener>();
    const lines: string[] = [];
    let message: string | undefined;
    let over = false;
    let childKilled = false;
    let end: (exit: { code: number; reason: string }) => void = () => undefined;
    const killed = new Promise<{ code: number; reason: string }>((resolve) => {
        end = resolve;
    });
    const lastWords = () => fallback(lines);
    const program = kit.programs(pod, spec);
    const ran = program({
        pod,
        container: spec,
        node: kit.node,
        image,
        env,
        file: (path) => readMounted(pod, spec, path, sources),
        shared,
        clock,
        log: (line) => {
            if (!over) {
                lines.push(line);
                lines.splice(0, lines.length - FALLBACK_LINES);
                log.write(line);
            }
        },
        signal: stopping.signal,
        childKilled: child.signal,
        terminationMessage: (text) => {
            message = text.slice(0, MESSAGE_BYTES);
        },
        listen: (port, listener) => listeners.set(port, listener),
    }).then(
        (code) => ({
            code,
            reason: childKilled && code !== 0 ? "OOMKilled" : code === 0 ? "Completed" : "Error",
        }),
        (error: unknown) => {
            // A program that breaks is a crash, whose words are the log's.
            if (!over && !stopping.signal.aborted) {
                lines.push(String(error));
                log.write(String(error));
            }
            return { code: 2, reason: "Error" };
        },
    );
    const ended = Promise.race([ran, killed]).then(({ code, reason }): Terminated => {
        over = true;
        stopping.abort();
        listeners.clear();
        log.end();
        const falls = spec.terminationMessagePolicy === "FallbackToLogsOnError" && code !== 0;
        const said = message ?? (falls ? lastWords() : undefined);
        return {
            exitCode: code,
            reason,
            ...(said === undefined || said === "" ? {} : { message: said }),
            startedAt,
            finishedAt: seconds(clock.now()),
            containerID,
        };
    });
    known.containerID = containerID;
    known.image = image.image;
    known.imageID = image.imageID;
    return {
        ended,
        stop: () => {
            stopping.abort();
        },
        kill: (code, reason) => {
            end({ code, reason });
        },
        killChild: () => {
            childKilled = true;
            child.abort();
        },
        listener: (port) => listeners.get(port),
        lastWords,
    };
}

/** Gets a container's image, and repeats with growing pauses what fails; `show` tells what the container waits for. */
export async function pulledImage(
    kit: KubeletKit,
    pod: Pod,
    known: Known,
    tell: Tell,
    show: (reason: string, message: string) => Promise<void>,
    signal: AbortSignal,
): Promise<PulledImage> {
    const { image, imagePullPolicy } = known.spec;
    const present = kit.images.get(image);
    if (present !== undefined && imagePullPolicy !== "Always") {
        tell({
            type: "Normal",
            reason: "Pulled",
            message: `Container image "${image}" already present on machine and can be accessed by the pod`,
        });
        return present;
    }
    for (
        let pause: number = TAKES.pullBackOff;
        ;
        pause = Math.min(pause * 2, TAKES.pullBackOffLongest)
    ) {
        tell({ type: "Normal", reason: "Pulling", message: `Pulling image "${image}"` });
        try {
            const { architecture } = kit.node;
            const credentials = kit.pullCredentials(pod);
            const pulled = await kit.clock.work(kit.pull({ image, architecture, credentials }));
            await kit.clock.sleep(TAKES.pull, signal);
            kit.images.set(image, pulled);
            const took = `${TAKES.pull}ms`;
            tell({
                type: "Normal",
                reason: "Pulled",
                message: `Successfully pulled image "${image}" in ${took} (${took} including waiting). Image size: ${pulled.bytes} bytes.`,
            });
            return pulled;
        } catch (error) {
            signal.throwIfAborted();
            const words = error instanceof Error ? error.message : String(error);
            tell({
                type: "Warning",
                reason: "Failed",
                message: `Failed to pull image "${image}": ${words}`,
            });
            tell({ type: "Warning", reason: "Failed", message: "Error: ErrImagePull" });
            await show("ErrImagePull", words);
            await kit.clock.sleep(TAKES.start, signal);
            tell({
                type: "Normal",
                reason: "BackOff",
                message: `Back-off pulling image "${image}"`,
            });
            tell({ type: "Warning", reason: "Failed", message: "Error: ImagePullBackOff" });
            await show(
                "ImagePullBackOff",
                `Back-off pulling image "${image}": ErrImagePull: ${words}`,
            );
            await kit.clock.sleep(pause, signal);
        }
    }
}

/** Starts a container, waiting for what its variables need. */
export async function startWhenConfigured(
    start: () => Running,
    tell: Tell,
    show: (reason: string, message: string) => Promise<void>,
    pause: () => Promise<void>,
): Promise<Running> {
    for (;;) {
        try {
            return start();
        } catch (error) {
            if (!(error instanceof ConfigProblem)) {
                throw error;
            }
            tell({ type: "Warning", reason: "Failed", message: `Error: ${error.message}` });
            await show("CreateContainerConfigError", error.message);
            await pause();
        }
    }
}

function fallback(lines: readonly string[]): string {
    const text = lines.map((line) => `${line}\n`).join("");
    return Buffer.from(text, "utf8").subarray(-FALLBACK_BYTES).toString("utf8");
}
