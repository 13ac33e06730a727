import { ApiError, ConnectionError, describeRequest } from "../../cluster/apiError";
import type { Cluster, WatchEvent } from "../../cluster/cluster";
import { retrying } from "../../cluster/retry";
import type { SimClock } from "../clock";
import { type Api, ConnectionReset } from "./api";
import { asJson, asText, copied } from "./json";
import type { ApiResponse } from "./types";

// As the program's own client over HTTPS (cluster/httpCluster.ts): seconds of a watch, after which it is asked for again.
const WATCH_SECONDS = 60;

/**
 * The program's own way to a cluster, without a network: answers of a simulated API, and the errors that the client over HTTPS
 * would make of them. Repeats what may be repeated, as that one does, on the clock.
 */
export function inProcessCluster(api: Api, clock: SimClock, user?: string): Cluster {
    const ask = async (
        method: "GET" | "POST" | "PATCH",
        path: string,
        body: unknown,
        signal: AbortSignal,
    ): Promise<ApiResponse> => {
        signal.throwIfAborted();
        const request = {
            method,
            path,
            signal,
            ...(body !== undefined && { body }),
            ...(user !== undefined && { user }),
        };
        const response = await clock.work(answered(api.handle(request), method, path, signal));
        if (response.status >= 400) {
            throw errorOf(response, method, path);
        }
        return response;
    };
    const json = async (
        method: "GET" | "POST" | "PATCH",
        path: string,
        body: unknown,
        signal: AbortSignal,
    ) => copied((await ask(method, path, body, signal)).body);
    return {
        get: (path, signal) => retrying(() => json("GET", path, undefined, signal), clock, signal),
        patch: (path, body, signal) =>
            retrying(() => json("PATCH", path, body, signal), clock, signal),
        post: (path, body, signal) =>
            retrying(
                () => json("POST", path, body, signal),
                clock,
                signal,
                (error) => error instanceof ApiError && error.status === 429,
            ),
        watch: async function* (path, signal): AsyncGenerator<WatchEvent> {
            const target = `${path}${path.includes("?") ? "&" : "?"}timeoutSeconds=${WATCH_SECONDS}`;
            const { stream } = await ask("GET", target, undefined, signal);
            for await (const chunk of stream ?? []) {
                yield JSON.parse(Buffer.from(chunk).toString()) as WatchEvent;
            }
            signal.throwIfAborted();
        },
        streamLog: async function* (path, signal): AsyncGenerator<Uint8Array> {
            const { stream } = await ask("GET", path, undefined, signal);
            yield* stream ?? [];
            signal.throwIfAborted();
        },
    };
}

async function answered(
    answer: Promise<ApiResponse>,
    method: string,
    path: string,
    signal: AbortSignal,
): Promise<ApiResponse> {
    try {
        return await answer;
    } catch (error) {
        signal.throwIfAborted();
        if (error instanceof ConnectionReset) {
            const action = describeRequest(method, path);
            throw new ConnectionError(action, "the simulator", error.message, false);
        }
        throw error;
    }
}

function errorOf({ status, body, headers }: ApiResponse, method: string, path: string): ApiError {
    const { message, reason } = asJson(body);
    const seconds = Number(headers?.["retry-after"] ?? Number.NaN);
    return new ApiError(
        status,
        asText(reason) ?? "",
        asText(message) ?? "",
        describeRequest(method, path),
        Number.isFinite(seconds) ? seconds * 1_000 : undefined,
    );
}
