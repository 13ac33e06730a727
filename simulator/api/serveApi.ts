import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

import type { Api } from "./api";

/** An API behind a port of this machine. */
export interface ServedApi {
    /** `http://127.0.0.1:PORT`. */
    readonly url: string;
    /** Text of a kubeconfig that names it. */
    readonly kubeconfig: string;
    close(): Promise<void>;
}

/** Serves an API on loopback. Rejects with a named error where the port is taken. */
export async function serveApi(api: Api, port = 0): Promise<ServedApi> {
    const server = createServer((request, response) => {
        const gone = new AbortController();
        response.on("close", () => {
            gone.abort();
        });
        response.on("error", () => undefined);
        const chunks: Buffer[] = [];
        request.on("data", (chunk: Buffer) => chunks.push(chunk));
        request.on("end", () => {
            const text = Buffer.concat(chunks).toString("utf8");
            const body: unknown = text === "" ? undefined : JSON.parse(text);
            const { method = "GET", url: path = "/" } = request;
            void api
                .handle({ method, path, body, signal: gone.signal })
                .then(async ({ status, body: answer, stream }) => {
                    response.writeHead(status, { "content-type": "application/json" });
                    if (stream === undefined) {
                        response.end(JSON.stringify(answer ?? {}));
                        return;
                    }
                    response.flushHeaders();
                    for await (const chunk of stream) {
                        response.write(chunk);
                    }
                    response.end();
                });
        });
    });
    await new Promise<void>((resolve, reject) => {
        server.once("error", (error: NodeJS.ErrnoException) => {
            reject(
                error.code === "EADDRINUSE"
                    ? new Error(
                          `port ${port} of this machine is taken: choose another, or 0 for any`,
                      )
                    : error,
            );
        });
        server.listen(port, "127.0.0.1", resolve);
    });
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    return {
        url,
        kubeconfig: JSON.stringify({
            apiVersion: "v1",
            kind: "Config",
            "current-context": "simulated",
            clusters: [{ name: "simulated", cluster: { server: url } }],
            users: [{ name: "anybody", user: {} }],
            contexts: [{ name: "simulated", context: { cluster: "simulated", user: "anybody" } }],
        }),
        close: () =>
            new Promise((resolve) => {
                server.closeAllConnections();
                server.close(() => {
                    resolve();
                });
            }),
    };
}
