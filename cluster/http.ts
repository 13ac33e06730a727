import * as http from "node:http";
import * as https from "node:https";

import { ApiError, ConnectionError, describeRequest } from "./apiError";
import { reasonOf } from "./clock";

/** What authenticates a request. */
export type ConnectionOptions = Omit<https.RequestOptions, "headers"> & {
    headers?: http.OutgoingHttpHeaders;
};

/** How to reach and convince an API server. */
export interface Connection {
    /** Its address, with the path that everything is below. */
    server: URL;
    /** What authenticates a request; `refused` is what the server has just answered 401 to. */
    options(signal: AbortSignal, refused?: ConnectionOptions): Promise<ConnectionOptions>;
}

/** One request. */
export interface Exchange {
    method: "GET" | "POST" | "PATCH";
    path: string;
    body?: unknown;
    contentType?: string;
    /** Milliseconds until the answer must begin. */
    timeout: number;
    signal: AbortSignal;
}

const NEVER_SENT = ["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "EHOSTUNREACH", "ENETUNREACH"];
const LONGEST_ERROR = 256 * 1024;

/** Sends a request; resolves when the head of a successful answer is there. */
export async function exchange(
    connection: Connection,
    request: Exchange,
): Promise<http.IncomingMessage> {
    const options = await connection.options(request.signal);
    let response = await send(connection, request, options);
    if (response.statusCode === 401) {
        // A token may have run out during a long build: ask for another one, once.
        response.resume();
        const next = await connection.options(request.signal, options);
        response = await send(connection, request, next);
    }
    const status = response.statusCode ?? 0;
    if (status >= 200 && status < 300) {
        return response;
    }
    throw await refusal(response, status, request, connection);
}

/** Reads an answer to its end, but no more than so many bytes. */
export async function readAll(
    response: http.IncomingMessage,
    limit: number,
    connection: Connection,
    request: Exchange,
): Promise<string> {
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of readChunks(response, connection, request)) {
        size += chunk.length;
        if (size > limit) {
            response.destroy();
            throw new Error(`The cluster's answer to ${request.path} is over ${limit} bytes.`);
        }
        chunks.push(chunk);
    }
    return Buffer.concat(chunks).toString("utf8");
}

/** The chunks of an answer; whatever cuts it short becomes a ConnectionError. */
export async function* readChunks(
    response: http.IncomingMessage,
    connection: Connection,
    request: Exchange,
): AsyncGenerator<Buffer> {
    try {
        for await (const chunk of response) {
            yield chunk as Buffer;
        }
    } catch (error) {
        throw translated(error, connection, request);
    } finally {
        response.destroy();
    }
}

async function send(
    connection: Connection,
    request: Exchange,
    options: ConnectionOptions,
): Promise<http.IncomingMessage> {
    const { server } = connection;
    const body = request.body === undefined ? undefined : JSON.stringify(request.body);
    const module = server.protocol === "http:" ? http : https;
    try {
        return await new Promise<http.IncomingMessage>((resolve, reject) => {
            const sent = module.request(
                {
                    ...options,
                    protocol: server.protocol,
                    hostname: server.hostname.replace(/^\[|\]$/g, ""),
                    port: server.port === "" ? undefined : server.port,
                    path: server.pathname.replace(/\/$/, "") + request.path,
                    method: request.method,
                    headers: {
                        ...options.headers,
                        accept: "application/json, */*",
                        "user-agent": "multiarch",
                        ...(body === undefined
                            ? {}
                            : {
                                  "content-type": request.contentType ?? "application/json",
                                  "content-length": Buffer.byteLength(body),
                              }),
                    },
                },
                (response) => {
                    clearTimeout(timer);
                    resolve(response);
                },
            );
            const timer = setTimeout(() => {
                sent.destroy(new Error(`no answer within ${request.timeout / 1000} s`));
            }, request.timeout);
            sent.on("error", (error) => {
                clearTimeout(timer);
                reject(error);
            });
            // Not as an option of the request: its agent would give the signal to the socket too, and a socket that has
            // just been let go of has nobody who listens to its error.
            const abort = () => {
                sent.destroy(reasonOf(request.signal));
            };
            request.signal.addEventListener("abort", abort, { once: true });
            sent.on("close", () => {
                request.signal.removeEventListener("abort", abort);
            });
            if (request.signal.aborted) {
                abort();
            }
            sent.end(body);
        });
    } catch (error) {
        throw translated(error, connection, request);
    }
}

function translated(error: unknown, connection: Connection, request: Exchange): Error {
    if (request.signal.aborted) {
        return reasonOf(request.signal);
    }
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    const problem = error instanceof Error ? error.message : String(error);
    return new ConnectionError(
        describeRequest(request.method, request.path),
        connection.server.origin,
        problem === "" ? code : problem,
        NEVER_SENT.includes(code),
    );
}

async function refusal(
    response: http.IncomingMessage,
    status: number,
    request: Exchange,
    connection: Connection,
): Promise<ApiError> {
    const text = await readAll(response, LONGEST_ERROR, connection, request).catch(() => "");
    let message = text;
    let reason = response.statusMessage ?? "";
    try {
        const parsed = JSON.parse(text) as { message?: unknown; reason?: unknown } | null;
        message = typeof parsed?.message === "string" ? parsed.message : message;
        reason = typeof parsed?.reason === "string" ? parsed.reason : reason;
    } catch {
        // Not a Status object: a proxy's own page. Its text is shown as it is.
    }
    const seconds = Number(response.headers["retry-after"] ?? Number.NaN);
    return new ApiError(
        status,
        reason,
        message,
        describeRequest(request.method, request.path),
        Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : undefined,
    );
}
