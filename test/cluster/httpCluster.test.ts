import * as http from "node:http";
import type { AddressInfo } from "node:net";

import { ApiError, ConnectionError } from "../../cluster/apiError";
import type { WatchEvent } from "../../cluster/cluster";
import type { Connection } from "../../cluster/http";
import { HttpCluster } from "../../cluster/httpCluster";
import { FakeClock } from "./fakeClock";

type Answer = (request: http.IncomingMessage, response: http.ServerResponse) => void;

const never = new AbortController().signal;
const limits = { request: 5_000, streamStart: 5_000, watch: 5_000, bytes: 64 * 1024 };
const json =
    (value: unknown, status = 200): Answer =>
    (_, response) => {
        response.writeHead(status, { "content-type": "application/json" });
        response.end(JSON.stringify(value));
    };
const reset: Answer = (request) => request.socket.destroy();

describe("HttpCluster", () => {
    const seen: string[] = [];
    const bodies: string[] = [];
    const tokens: (string | undefined)[] = [];
    let answers: Answer[] = [];
    let server: http.Server;
    let connection: Connection;

    beforeEach(async () => {
        seen.length = bodies.length = tokens.length = 0;
        server = http.createServer((request, response) => {
            seen.push(`${request.method ?? ""} ${request.url ?? ""}`);
            tokens.push(request.headers.authorization);
            let body = "";
            request.on("data", (chunk: Buffer) => (body += chunk.toString()));
            request.on("end", () => {
                bodies.push(body);
                const answer = answers.length > 1 ? answers.shift() : answers[0];
                answer?.(request, response);
            });
        });
        await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
        const { port } = server.address() as AddressInfo;
        let token = 0;
        connection = {
            server: new URL(`http://127.0.0.1:${port}/prefix/`),
            options: (_signal, refused) => {
                token += refused !== undefined || token === 0 ? 1 : 0;
                return Promise.resolve({ headers: { authorization: `Bearer ${token}` } });
            },
        };
    });

    afterEach(async () => {
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
    });

    /** Runs an action while time passes as fast as it can. */
    async function withTime<T>(action: (cluster: HttpCluster) => Promise<T>): Promise<T> {
        const clock = new FakeClock();
        const pace = { over: false };
        const result = action(new HttpCluster(connection, clock, limits)).finally(() => {
            pace.over = true;
        });
        result.catch(() => undefined);
        while (!pace.over) {
            await clock.advance(10_000);
        }
        return result;
    }

    const get = (path = "/api/v1/namespaces/shop/pods") =>
        withTime((cluster) => cluster.get(path, never));

    it("reads an object, below the server's own path", async () => {
        answers = [json({ kind: "PodList" })];
        await expect(get()).resolves.toEqual({ kind: "PodList" });
        expect(seen).toEqual(["GET /prefix/api/v1/namespaces/shop/pods"]);
        expect(tokens).toEqual(["Bearer 1"]);
    });

    it.each([
        ["a lost connection", reset],
        ["500", json({}, 500)],
        ["503", json({}, 503)],
        ["429", json({}, 429)],
    ])("reads again after %s", async (_, trouble) => {
        answers = [trouble, trouble, json({ ok: true })];
        await expect(get()).resolves.toEqual({ ok: true });
        expect(seen.length).toBe(3);
    });

    it("gives up after five attempts", async () => {
        answers = [json({ reason: "ServiceUnavailable", message: "etcd is away" }, 503)];
        await expect(get()).rejects.toThrow(
            new Error(
                "The cluster refused to list pods in namespace shop (503 ServiceUnavailable): etcd is away",
            ),
        );
        expect(seen.length).toBe(5);
    });

    it("never creates anything twice", async () => {
        answers = [reset, json({})];
        const path = "/apis/build.openshift.io/v1/namespaces/shop/buildconfigs/api/instantiate";
        const error: unknown = await withTime((cluster) => cluster.post(path, {}, never)).catch(
            (problem: unknown) => problem,
        );
        expect(error).toBeInstanceOf(ConnectionError);
        expect((error as Error).message).toMatch(
            /^The cluster at http:\/\/127\.0\.0\.1:\d+ did not answer \(create buildconfigs\/instantiate api in namespace shop\): /,
        );
        expect(seen.length).toBe(1);
    });

    it("creates again what was certainly refused", async () => {
        answers = [json({}, 429), json({ made: true }, 201)];
        await expect(
            withTime((cluster) => cluster.post("/api/v1/namespaces/shop/pods", { a: 1 }, never)),
        ).resolves.toEqual({ made: true });
        expect(bodies).toEqual(['{"a":1}', '{"a":1}']);
    });

    it("asks for another token once when the first is refused", async () => {
        answers = [json({}, 401), json({ ok: true })];
        await expect(get()).resolves.toEqual({ ok: true });
        expect(tokens).toEqual(["Bearer 1", "Bearer 2"]);
    });

    it("says what to grant when it is forbidden", async () => {
        answers = [json({ reason: "Forbidden", message: "User x cannot create" }, 403)];
        const path = "/apis/build.openshift.io/v1/namespaces/shop/buildconfigs/api/instantiate";
        await expect(withTime((cluster) => cluster.post(path, {}, never))).rejects.toThrow(
            new Error(
                "The cluster refused to create buildconfigs/instantiate api in namespace shop (403 Forbidden): User x cannot create\n" +
                    'Next: have an administrator grant the verb "create" on "buildconfigs.build.openshift.io/instantiate", for example ' +
                    "oc create role multiarch-create-buildconfigs --verb=create --resource=buildconfigs.build.openshift.io/instantiate -n shop " +
                    'and a RoleBinding of it to your account (the role "edit" includes it).',
            ),
        );
        expect(seen.length).toBe(1);
    });

    it("shows a proxy's page as text, and only its beginning", async () => {
        answers = [
            (_, response) => {
                response.writeHead(404).end(`<html>\u001b[2Jno such host ${"x".repeat(9_000)}`);
            },
        ];
        const error: unknown = await get().catch((problem: unknown) => problem);
        expect(error).toBeInstanceOf(ApiError);
        expect((error as ApiError).status).toBe(404);
        expect((error as Error).message).toMatch(/\(404 Not Found\): <html>no such host x+…$/);
        expect((error as Error).message.length).toBeLessThan(600);
    });

    it("waits as long as the server asks", async () => {
        answers = [
            (_, response) => response.writeHead(429, { "retry-after": "7" }).end("{}"),
            json({ ok: true }),
        ];
        const clock = new FakeClock();
        const result = new HttpCluster(connection, clock, limits).get("/api/v1/pods", never);
        while (clock.waiting === 0) {
            await clock.advance(0);
        }
        await clock.advance(6_999);
        expect(clock.waiting).toBe(1);
        await clock.advance(1);
        await expect(result).resolves.toEqual({ ok: true });
    });

    it("does not wait for an answer for ever", async () => {
        answers = [() => undefined];
        const impatient = new HttpCluster(connection, new FakeClock(), { ...limits, request: 30 });
        await expect(impatient.post("/api/v1/namespaces/shop/pods", {}, never)).rejects.toThrow(
            /no answer within 0.03 s/,
        );
    });

    it("refuses an answer that is too long, or not JSON", async () => {
        answers = [json("x".repeat(70_000))];
        await expect(get()).rejects.toThrow(
            new Error("The cluster's answer to /api/v1/namespaces/shop/pods is over 65536 bytes."),
        );
        answers = [(_, response) => response.end("<html>")];
        await expect(get()).rejects.toThrow(
            "The cluster's answer to /api/v1/namespaces/shop/pods is not JSON.",
        );
    });

    it("patches by a merge patch", async () => {
        let type: string | undefined;
        answers = [
            (request, response) => {
                type = request.headers["content-type"];
                response.end("{}");
            },
        ];
        await withTime((cluster) =>
            cluster.patch("/api/v1/namespaces/shop/pods/p", { a: 1 }, never),
        );
        expect(type).toBe("application/merge-patch+json");
        expect(seen).toEqual(["PATCH /prefix/api/v1/namespaces/shop/pods/p"]);
    });

    it("gives the events of a watch, however they arrive, until it ends", async () => {
        const events = [
            { type: "ADDED", object: { a: "ä" } },
            { type: "MODIFIED", object: { b: "\n" } },
        ];
        const text = Buffer.from(events.map((event) => `${JSON.stringify(event)}\n`).join("\n"));
        answers = [
            (_, response) => {
                for (const byte of text) {
                    response.write(Buffer.from([byte]));
                }
                response.end();
            },
        ];
        const found: WatchEvent[] = [];
        const cluster = new HttpCluster(connection, new FakeClock(), limits);
        for await (const event of cluster.watch("/api/v1/namespaces/shop/pods?watch=true", never)) {
            found.push(event);
        }
        expect(found).toEqual(events);
        expect(seen).toEqual([
            "GET /prefix/api/v1/namespaces/shop/pods?watch=true&timeoutSeconds=5",
        ]);
    });

    it("ends a watch quietly when its time is over", async () => {
        answers = [
            (_, response) => {
                response.writeHead(200);
                response.flushHeaders();
            },
        ];
        const cluster = new HttpCluster(connection, new FakeClock(), { ...limits, watch: 40 });
        const found: WatchEvent[] = [];
        for await (const event of cluster.watch("/api/v1/pods?watch=true", never)) {
            found.push(event);
        }
        expect(found).toEqual([]);
    });

    it("refuses an event that does not end", async () => {
        answers = [(_, response) => response.end("x".repeat(70_000))];
        const cluster = new HttpCluster(connection, new FakeClock(), limits);
        await expect(cluster.watch("/api/v1/pods?watch=true", never).next()).rejects.toThrow(
            new Error("An event of /api/v1/pods?watch=true is over 65536 bytes."),
        );
    });

    it("streams a log as bytes, and stops at once when it is aborted", async () => {
        answers = [
            (_, response) => {
                response.write(Buffer.from([0xff, 0x00, 0x0d]));
            },
        ];
        const abort = new AbortController();
        const cluster = new HttpCluster(connection, new FakeClock(), limits);
        const log = cluster.streamLog("/api/v1/namespaces/shop/pods/p/log", abort.signal);
        const first = await log.next();
        expect(Buffer.from(first.value as Uint8Array)).toEqual(Buffer.from([0xff, 0x00, 0x0d]));
        const second = log.next();
        abort.abort(new Error("enough"));
        await expect(second).rejects.toThrow(new Error("enough"));
    });
});
