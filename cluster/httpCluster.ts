import { ApiError, ConnectionError, describeRequest } from "./apiError";
import { Clock, systemClock } from "./clock";
import { Cluster, WatchEvent } from "./cluster";
import { Connection, Exchange, exchange, readAll, readChunks } from "./http";
import { retrying } from "./retry";

/** Bounds of what the server may take and send. */
export interface Limits {
    /** Milliseconds for a whole request that is not a stream. */
    request: number;
    /** Milliseconds until a stream must begin: the log of a build waits for the build. */
    streamStart: number;
    /** Milliseconds of a watch, after which it is asked for again: shows dead connections. */
    watch: number;
    /** Bytes of an answer, or of one event of a watch. */
    bytes: number;
}

const LIMITS: Limits = {
    request: 30_000,
    streamStart: 60_000,
    watch: 60_000,
    bytes: 32 * 1024 * 1024,
};

/** A cluster's API over HTTPS. */
export class HttpCluster implements Cluster {
    constructor(
        private readonly connection: Connection,
        private readonly clock: Clock = systemClock,
        private readonly limits: Limits = LIMITS,
    ) {}

    get(path: string, signal: AbortSignal): Promise<unknown> {
        return retrying(() => this.json("GET", path, undefined, signal), this.clock, signal);
    }

    patch(path: string, body: unknown, signal: AbortSignal): Promise<unknown> {
        // A merge patch says how things shall be: doing it twice changes nothing.
        return retrying(() => this.json("PATCH", path, body, signal), this.clock, signal);
    }

    post(path: string, body: unknown, signal: AbortSignal): Promise<unknown> {
        // Only what certainly was not processed is sent again.
        const refused = (error: unknown) =>
            (error instanceof ConnectionError && error.neverSent) ||
            (error instanceof ApiError && error.status === 429);
        return retrying(() => this.json("POST", path, body, signal), this.clock, signal, refused);
    }

    async *watch(path: string, signal: AbortSignal): AsyncGenerator<WatchEvent> {
        const seconds = Math.max(1, Math.round(this.limits.watch / 1000));
        const target = `${path}${path.includes("?") ? "&" : "?"}timeoutSeconds=${seconds}`;
        const expired = AbortSignal.timeout(this.limits.watch * 1.25);
        const request: Exchange = {
            method: "GET",
            path: target,
            timeout: this.limits.request,
            signal: AbortSignal.any([signal, expired]),
        };
        try {
            const response = await exchange(this.connection, request);
            yield* this.events(readChunks(response, this.connection, request), path);
        } catch (error) {
            signal.throwIfAborted();
            if (!expired.aborted) {
                throw error;
            }
        }
    }

    async *streamLog(path: string, signal: AbortSignal): AsyncGenerator<Uint8Array> {
        const timeout = this.limits.streamStart;
        const request: Exchange = { method: "GET", path, timeout, signal };
        const response = await exchange(this.connection, request);
        yield* readChunks(response, this.connection, request);
    }

    private async json(
        method: Exchange["method"],
        path: string,
        body: unknown,
        signal: AbortSignal,
    ): Promise<unknown> {
        signal.throwIfAborted();
        const expired = AbortSignal.timeout(this.limits.request);
        const request: Exchange = {
            method,
            path,
            body,
            ...(method === "PATCH" ? { contentType: "application/merge-patch+json" } : {}),
            timeout: this.limits.request,
            signal: AbortSignal.any([signal, expired]),
        };
        try {
            const response = await exchange(this.connection, request);
            return parse(
                await readAll(response, this.limits.bytes, this.connection, request),
                path,
            );
        } catch (error) {
            signal.throwIfAborted();
            if (expired.aborted) {
                const problem = `no answer within ${this.limits.request / 1000} s`;
                const action = describeRequest(method, path);
                throw new ConnectionError(action, this.connection.server.origin, problem, false);
            }
            throw error;
        }
    }

    private async *events(chunks: AsyncIterable<Buffer>, path: string) {
        let parts: Buffer[] = [];
        let size = 0;
        for await (const chunk of chunks) {
            let rest = chunk;
            for (let end = rest.indexOf(0x0a); end >= 0; end = rest.indexOf(0x0a)) {
                const line = Buffer.concat([...parts, rest.subarray(0, end)]).toString("utf8");
                rest = rest.subarray(end + 1);
                parts = [];
                size = 0;
                if (line.trim() !== "") {
                    yield parse(line, path) as WatchEvent;
                }
            }
            parts.push(rest);
            size += rest.length;
            if (size > this.limits.bytes) {
                throw new Error(`An event of ${path} is over ${this.limits.bytes} bytes.`);
            }
        }
    }
}

function parse(text: string, path: string): unknown {
    try {
        return JSON.parse(text) as unknown;
    } catch (error) {
        throw new Error(`The cluster's answer to ${path} is not JSON.`, { cause: error });
    }
}
