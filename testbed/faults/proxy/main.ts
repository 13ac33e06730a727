import { readFileSync } from "node:fs";
import * as http from "node:http";
import * as https from "node:https";
import type { Socket } from "node:net";
import { Transform } from "node:stream";

import type { z } from "zod";

import { type Report, Rules, Settings, strikes } from "./faults";
import { refuse } from "./refuse";

/**
 * A registry that misbehaves on request: passes everything on to the stand-in for quay.io, except what it was told
 * to do otherwise. Started with a channel to its parent; ends when that closes.
 */
const settings = Settings.parse(JSON.parse(process.argv[2] ?? ""));
let rules = Rules.parse(settings.rules);
let left: number[] = [];
const sockets = new Set<Socket>();
const ca = readFileSync(settings.ca);
const server = https.createServer(certificate(), handle);
server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
});

function certificate() {
    const files = rules.wrongCertificate ? settings.wrong : settings.good;
    return { cert: readFileSync(files.cert), key: readFileSync(files.key) };
}

/** Takes new rules. */
async function obey(told: z.output<typeof Rules>): Promise<void> {
    rules = told;
    left = rules.faults.map(({ times }) => times ?? Infinity);
    server.setSecureContext(certificate());
    if (rules.down || rules.wrongCertificate) {
        for (const socket of sockets) {
            socket.destroy();
        }
    }
    if (rules.down && server.listening) {
        await new Promise((resolve) => server.close(resolve));
    } else if (!rules.down && !server.listening) {
        await new Promise<void>((resolve) =>
            server.listen(settings.port, settings.address, resolve),
        );
    }
    report({ ready: true });
}

function handle(request: http.IncomingMessage, response: http.ServerResponse): void {
    const { method = "GET", url = "/" } = request;
    const account = accountOf(request.headers.authorization);
    const writes = !["GET", "HEAD"].includes(method);
    if (!writes && url.startsWith("/v2/sandbox/")) {
        // Base images are for everybody: what is refused is the image's own repository.
        pass(request, response);
        return;
    }
    if (account === undefined || account.rights === "none") {
        response.setHeader("www-authenticate", 'Basic realm="quay"');
        refuse(response, 401, "UNAUTHORIZED", "authentication required");
        return;
    }
    if (writes && account.rights !== "write") {
        refuse(response, 403, "DENIED", "requested access to the resource is denied");
        return;
    }
    const index = rules.faults.findIndex(
        (fault, it) => (left[it] ?? 0) > 0 && strikes(fault, method, url),
    );
    const fault = rules.faults[index];
    if (fault === undefined) {
        pass(request, response);
        return;
    }
    left[index] = (left[index] ?? 0) - 1;
    report({ struck: { method, path: url } });
    if (fault.status !== undefined) {
        if (fault.retryAfter !== undefined) {
            response.setHeader("retry-after", `${fault.retryAfter}`);
        }
        refuse(response, fault.status, fault.code ?? "UNKNOWN", fault.message ?? "injected fault");
    } else {
        setTimeout(() => {
            pass(request, response, fault.cutAfter);
        }, fault.delay ?? 0);
    }
}

function accountOf(header: string | undefined) {
    const [, encoded = ""] = /^Basic (.*)$/.exec(header ?? "") ?? [];
    const given = Buffer.from(encoded, "base64").toString();
    return rules.accounts.find(({ user, password }) => given === `${user}:${password}`);
}

/** Passes a request on under the registry's own account; cuts the connection where the fault says so. */
function pass(
    request: http.IncomingMessage,
    response: http.ServerResponse,
    cutAfter = Infinity,
): void {
    const { host, user, password } = settings.upstream;
    const authorization = `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;
    const upstream = https.request(
        {
            host,
            port: 443,
            servername: host,
            ca,
            method: request.method,
            path: request.url,
            headers: { ...request.headers, authorization },
        },
        (answer) => {
            response.writeHead(answer.statusCode ?? 502, answer.headers);
            answer.pipe(response);
        },
    );
    let passed = 0;
    const counted = new Transform({
        transform(chunk: Buffer, _encoding, done) {
            passed += chunk.length;
            if (passed > cutAfter) {
                request.socket.destroy();
                upstream.destroy();
                return;
            }
            done(null, chunk);
        },
    });
    upstream.on("error", () => response.destroy());
    request.on("error", () => upstream.destroy());
    response.on("close", () => upstream.destroy());
    request.pipe(counted).pipe(upstream);
}

function report(message: Report): void {
    process.send?.(message);
}

process.on("message", (told) => void obey(Rules.parse(told)));
process.on("disconnect", () => process.exit(0));
void obey(rules);
