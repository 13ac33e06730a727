import { asObjects, asText, at } from "./json";
import { badRequest, StatusError } from "./statusError";
import type { ApiObject, Json } from "./types";

/** Where the output of one run of a container goes. */
export interface LogWriter {
    /** One line, without its end. */
    write(line: string | Uint8Array): void;
    /** Nothing comes any more. */
    end(): void;
}

/** The pod whose container writes. */
interface Owner {
    readonly metadata: { readonly uid?: string };
}

interface Line {
    readonly time: number;
    readonly bytes: Buffer;
}

/** Which part of a log is asked for (core/v1 PodLogOptions). */
export interface LogOptions {
    readonly follow: boolean;
    readonly timestamps: boolean;
    readonly tailLines: number | undefined;
    readonly limitBytes: number | undefined;
    /** Milliseconds since 1970. */
    readonly since: number | undefined;
    readonly signal: AbortSignal | undefined;
}

/** When a kubelet begins a new file for a log: whoever reads from the beginning gets only the newest (kubelet: 10Mi). */
const LONGEST = 10 * 1024 * 1024;

/** The output of one run of a container. */
class ContainerLog implements LogWriter {
    private lines: Line[] = [];
    private dropped = 0;
    private size = 0;
    private ended = false;
    private readonly waiting = new Set<() => void>();

    constructor(
        private readonly now: () => number,
        private readonly longest: number,
    ) {}

    write(line: string | Uint8Array): void {
        const bytes = Buffer.concat([Buffer.from(line as string), Buffer.from("\n")]);
        if (this.size + bytes.length > this.longest && this.size > 0) {
            this.dropped += this.lines.length;
            this.lines = [];
            this.size = 0;
        }
        this.size += bytes.length;
        this.lines.push({ time: this.now(), bytes });
        this.wake();
    }

    end(): void {
        this.ended = true;
        this.wake();
    }

    async *read(options: LogOptions): AsyncGenerator<Uint8Array> {
        const { follow, timestamps, tailLines, limitBytes = Infinity, since = 0, signal } = options;
        let at =
            this.dropped +
            (tailLines === undefined ? 0 : Math.max(0, this.lines.length - tailLines));
        for (let left = limitBytes; left > 0 && signal?.aborted !== true;) {
            // What was rotated away meanwhile is lost for whoever reads slower.
            at = Math.max(at, this.dropped);
            const line = this.lines[at - this.dropped];
            if (line !== undefined) {
                at += 1;
                if (line.time >= since) {
                    const time = timestamps ? `${new Date(line.time).toISOString()} ` : "";
                    const bytes = Buffer.concat([Buffer.from(time), line.bytes]).subarray(0, left);
                    left -= bytes.length;
                    yield bytes;
                }
            } else if (this.ended || !follow) {
                return;
            } else {
                await this.next(signal);
            }
        }
    }

    private next(signal: AbortSignal | undefined): Promise<void> {
        return new Promise((resolve) => {
            const done = () => {
                this.waiting.delete(done);
                signal?.removeEventListener("abort", done);
                resolve();
            };
            this.waiting.add(done);
            signal?.addEventListener("abort", done, { once: true });
        });
    }

    private wake(): void {
        [...this.waiting].forEach((done) => {
            done();
        });
    }
}

/** The logs of all containers' runs, as the kubelets of their nodes keep them: those of a pod go with it. */
export class ContainerLogs {
    private readonly logs = new Map<string, ContainerLog>();

    constructor(
        private readonly now: () => number,
        /** Bytes after which a log begins anew. */
        private readonly longest = LONGEST,
    ) {}

    /** Opens the log of a container's run; 0 is its first. */
    open(pod: Owner, container: string, run: number): LogWriter {
        const log = new ContainerLog(this.now, this.longest);
        this.logs.set(keyOf(pod, container, run), log);
        return log;
    }

    /** Forgets the logs of a pod that is gone. */
    forget({ metadata }: ApiObject): void {
        for (const [key, log] of this.logs) {
            if (key.startsWith(`${metadata.uid ?? ""}/`)) {
                log.end();
                this.logs.delete(key);
            }
        }
    }

    /**
     * The log that a request asks for. Throws a StatusError of 400 where there is no such container, where it has not begun and
     * where there was no run before.
     */
    read(pod: ApiObject, query: URLSearchParams, signal: AbortSignal | undefined) {
        const container = containerOf(pod, asText(query.get("container")) ?? "");
        const status = statusOf(pod, container);
        const runs = Number(status?.["restartCount"] ?? 0);
        const isPrevious = query.get("previous") === "true";
        const { name } = pod.metadata;
        if (isPrevious && runs === 0) {
            throw badRequest(
                `previous terminated container "${container}" in pod "${name}" not found`,
            );
        }
        const log = this.logs.get(keyOf(pod, container, isPrevious ? runs - 1 : runs));
        if (log === undefined) {
            throw notBegun(pod, container, status);
        }
        const number = (key: string) => (query.has(key) ? Number(query.get(key)) : undefined);
        const seconds = number("sinceSeconds");
        return log.read({
            follow: query.get("follow") === "true",
            timestamps: query.get("timestamps") === "true",
            tailLines: number("tailLines"),
            limitBytes: number("limitBytes"),
            since: query.has("sinceTime")
                ? Date.parse(query.get("sinceTime") ?? "")
                : seconds === undefined
                  ? undefined
                  : this.now() - seconds * 1_000,
            signal,
        });
    }
}

function keyOf({ metadata }: Owner, container: string, run: number): string {
    return `${metadata.uid ?? ""}/${container}/${run}`;
}

/** The container that is meant. Throws a StatusError of 400 where that is not clear. */
function containerOf(pod: ApiObject, asked: string): string {
    const names = (list: string) =>
        asObjects(at(pod, "spec", list)).map((it) => String(it["name"]));
    const containers = names("containers");
    const { name } = pod.metadata;
    if (asked !== "") {
        if (![...containers, ...names("initContainers")].includes(asked)) {
            throw badRequest(`container ${asked} is not valid for pod ${name}`);
        }
        return asked;
    }
    if (containers.length > 1) {
        throw badRequest(
            `a container name must be specified for pod ${name}, choose one of: [${containers.join(" ")}]`,
        );
    }
    return containers[0] ?? "";
}

function statusOf(pod: ApiObject, container: string): Json | undefined {
    return ["containerStatuses", "initContainerStatuses"]
        .flatMap((list) => asObjects(at(pod, "status", list)))
        .find((it) => it["name"] === container);
}

function notBegun(pod: ApiObject, container: string, status: Json | undefined): StatusError {
    const { name } = pod.metadata;
    if (at(pod, "spec", "nodeName") === undefined) {
        return badRequest(`pod ${name} does not have a host assigned`);
    }
    const why = asText(at(status, "state", "waiting", "reason")) ?? "PodInitializing";
    return badRequest(`container "${container}" in pod "${name}" is waiting to start: ${why}`);
}
