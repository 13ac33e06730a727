import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";

import type { Registry } from "./registry";

/** A registry behind a port of this machine. */
export interface ServedRegistry {
    /** `127.0.0.1:PORT`; plain HTTP, as clients take it for this machine alone. */
    readonly host: string;
    close(): Promise<void>;
}

/** Serves a registry on loopback. Rejects with a named error where the port is taken. */
export async function serveRegistry(registry: Registry, port = 0): Promise<ServedRegistry> {
    const server = createServer((request, response) => {
        // A client that went away needs no answer.
        response.on("error", () => undefined);
        readBody(request).then(
            (body) => {
                const headers = Object.fromEntries(
                    Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
                );
                const answered = registry.handle({
                    method: request.method ?? "GET",
                    path: request.url ?? "/",
                    headers,
                    body,
                });
                const api = { "docker-distribution-api-version": "registry/2.0" };
                response.writeHead(answered.status, { ...api, ...answered.headers });
                response.end(answered.body);
            },
            () => {
                response.destroy();
            },
        );
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
    return {
        host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
        close: () =>
            new Promise((resolve) => {
                server.closeAllConnections();
                server.close(() => {
                    resolve();
                });
            }),
    };
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) {
        chunks.push(chunk as Buffer);
    }
    return Buffer.concat(chunks);
}
