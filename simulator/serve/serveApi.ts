import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";

import type { Api } from "../api/api";
import { failure, StatusError } from "../api/statusError";
import type { ApiResponse } from "../api/types";
import { makeCertificate } from "./certificate";
import { kubeconfigText } from "./kubeconfig";
import { BodyProblem, readBody } from "./requestBody";

/** An API behind a port of this machine. */
export interface ServedApi {
    /** `https://127.0.0.1:PORT`. */
    readonly url: string;
    /** PEM of the certificate that it is served with. */
    readonly certificate: string;
    /** Text of a kubeconfig for one of the API's users. Throws where there is no such user. */
    kubeconfig(user: string): string;
    close(): Promise<void>;
}

/** Serves an API over HTTPS on loopback; 0 takes any free port. Rejects with a named error where the port is taken. */
export async function serveApi(api: Api, port = 0): Promise<ServedApi> {
    const { key, certificate } = makeCertificate();
    const server = createServer({ key, cert: certificate }, (request, response) => {
        void answer(api, request, response);
    });
    // Half an hour of a watch, and idle connections of clients that keep them, are nothing unusual.
    server.requestTimeout = 0;
    server.on("tlsClientError", (_, socket) => {
        socket.destroy();
    });
    await listen(server, port);
    const { port: taken } = server.address() as AddressInfo;
    const url = `https://127.0.0.1:${taken}`;
    return {
        url,
        certificate,
        kubeconfig: (name) => {
            const user = api.users.find((it) => it.name === name);
            if (user === undefined) {
                const known = api.users.map((it) => it.name).join(", ");
                throw new Error(`the simulated cluster has no user ${name}; there are: ${known}`);
            }
            return kubeconfigText({
                server: url,
                authority: certificate,
                user: name,
                token: user.token,
            });
        },
        close: async () => {
            api.cutWatches();
            server.closeAllConnections();
            server.close();
            await once(server, "close");
        },
    };
}

async function listen(server: ReturnType<typeof createServer>, port: number): Promise<void> {
    server.listen(port, "127.0.0.1");
    try {
        await once(server, "listening");
    } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        throw code === "EADDRINUSE"
            ? new Error(
                  `port ${port} of 127.0.0.1 is taken: name another port, or 0 for any free one`,
                  { cause: error },
              )
            : error;
    }
}

async function answer(api: Api, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const gone = new AbortController();
    response.on("close", () => {
        gone.abort();
    });
    // Whoever asked may be gone before the answer is: that is no fault.
    response.on("error", () => undefined);
    const { method = "GET", url: path = "/" } = request;
    try {
        const body = await readBody(request);
        const result = await api.handle({
            method,
            path,
            headers: headersOf(request),
            signal: gone.signal,
            ...(body !== undefined && { body }),
        });
        await send(result, response, gone.signal);
    } catch (error) {
        if (error instanceof BodyProblem) {
            const reason = error.status === 415 ? "UnsupportedMediaType" : "BadRequest";
            const refusal = new StatusError(error.status, reason, error.message);
            await send(failure(refusal), response, gone.signal);
        } else {
            // The API has the connection broken, or it is broken already.
            response.destroy();
        }
    }
}

function headersOf({ headers }: IncomingMessage): Record<string, string> {
    return Object.fromEntries(
        Object.entries(headers).map(([name, value]) => [name, String(value)]),
    );
}

async function send(
    { status, headers = {}, body, stream }: ApiResponse,
    response: ServerResponse,
    gone: AbortSignal,
): Promise<void> {
    response.writeHead(status, { "content-type": "application/json", ...headers });
    if (stream === undefined) {
        response.end(JSON.stringify(body ?? {}));
        return;
    }
    response.flushHeaders();
    for await (const chunk of stream) {
        if (gone.aborted) {
            return;
        }
        if (!response.write(chunk)) {
            await Promise.race([once(response, "drain"), once(response, "close")]);
        }
    }
    response.end();
}
