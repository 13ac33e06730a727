import { appendFileSync, readFileSync } from "node:fs";
import * as http from "node:http";
import * as https from "node:https";

/**
 * A door of the API server that writes down each request that comes through it: one line of method, status and path.
 * Started with the settings below as JSON; ends when the channel to its parent closes.
 */
const settings = JSON.parse(process.argv[2] ?? "") as {
    address: string;
    port: number;
    upstream: string;
    ca: string;
    cert: string;
    key: string;
    log: string;
};
const ca = readFileSync(settings.ca);
const agent = new https.Agent({ ca, keepAlive: true });

function handle(request: http.IncomingMessage, response: http.ServerResponse): void {
    const { method = "GET", url = "/" } = request;
    // Node would take the server's name for TLS from the host.
    const headers = { ...request.headers, host: new URL(settings.upstream).host };
    const upstream = https.request(settings.upstream + url, { method, headers, agent });
    upstream.on("response", (answer) => {
        const status = answer.statusCode ?? 502;
        appendFileSync(settings.log, `${method} ${status} ${url}\n`);
        response.writeHead(status, answer.headers);
        response.flushHeaders();
        answer.pipe(response);
    });
    upstream.on("error", () => response.destroy());
    response.on("close", () => upstream.destroy());
    request.pipe(upstream);
}

https
    .createServer({ cert: readFileSync(settings.cert), key: readFileSync(settings.key) }, handle)
    .listen(settings.port, settings.address, () => process.send?.("ready"));
process.on("disconnect", () => process.exit(0));
