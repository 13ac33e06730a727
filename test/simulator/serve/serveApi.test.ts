import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { Cluster } from "../../../cluster/cluster";
import { HttpCluster } from "../../../cluster/httpCluster";
import { connectionFromKubeconfig } from "../../../cluster/kubeconfig";
import { Api } from "../../../simulator/api/api";
import { scaledClock } from "../../../simulator/clock";
import { type ServedApi, serveApi } from "../../../simulator/serve/serveApi";

const USERS = [
    { name: "admin", groups: ["system:masters"], token: "t-admin" },
    { name: "anna", groups: [], token: "t-anna" },
];
const MAPS = "/api/v1/namespaces/shop/configmaps";
const signal = new AbortController().signal;
const map = (name: string) => ({ metadata: { name }, data: { x: "1" } });

describe("an API on loopback", () => {
    let folder = "";
    const open: ServedApi[] = [];

    beforeEach(() => {
        folder = mkdtempSync(join(tmpdir(), "multiarch-served-"));
    });

    afterEach(async () => {
        await Promise.all(open.splice(0).map((server) => server.close()));
        rmSync(folder, { recursive: true, force: true });
    });

    async function served(port = 0) {
        const api = new Api({ clock: scaledClock(), users: USERS });
        const server = await serveApi(api, port);
        open.push(server);
        await api.handle({
            method: "POST",
            path: "/api/v1/namespaces",
            body: { metadata: { name: "shop" } },
        });
        return { api, server };
    }

    /** The program's own client, with a kubeconfig of a user. */
    function clientOf(server: ServedApi, user = "admin"): Cluster {
        const kubeconfig = join(folder, `kubeconfig-${user}`);
        writeFileSync(kubeconfig, server.kubeconfig(user));
        return new HttpCluster(connectionFromKubeconfig({ kubeconfig }, {}));
    }

    it("is used by the program's own client with a kubeconfig: objects and watches", async () => {
        const { server, api } = await served();
        const client = clientOf(server);
        await client.post(MAPS, map("a"), signal);
        const seen: string[] = [];
        for await (const { type, object } of client.watch(`${MAPS}?watch=true`, signal)) {
            seen.push(`${type} ${(object as { metadata: { name: string } }).metadata.name}`);
            if (seen.length === 1) {
                await client.patch(`${MAPS}/a`, { data: { x: "2" } }, signal);
            } else {
                api.cutWatches();
            }
        }
        expect(seen).toEqual(["ADDED a", "MODIFIED a"]);
        expect(await client.get(`${MAPS}/a`, signal)).toMatchObject({ data: { x: "2" } });
    });

    it("tells its users apart by their tokens", async () => {
        const { server } = await served();
        await expect(clientOf(server, "anna").get(MAPS, signal)).rejects.toThrow(
            'User "anna" cannot list resource "configmaps"',
        );
        expect(() => server.kubeconfig("ben")).toThrow(
            "the simulated cluster has no user ben; there are: admin, anna",
        );
    });

    it("shows logs as they come, and lets whoever reads go", async () => {
        const { server, api } = await served();
        const client = clientOf(server);
        await client.post("/api/v1/namespaces/shop/serviceaccounts", map("default"), signal);
        const pod = {
            metadata: { name: "a" },
            spec: { nodeName: "n1", containers: [{ name: "web", image: "web:1" }] },
        };
        const made = await client.post("/api/v1/namespaces/shop/pods", pod, signal);
        const log = api.logs.open(made as Parameters<typeof api.logs.open>[0], "web", 0);
        log.write("one");
        const path = "/api/v1/namespaces/shop/pods/a/log?container=web&follow=true";
        const enough = new AbortController();
        const read = (async () => {
            for await (const chunk of client.streamLog(path, enough.signal)) {
                expect(Buffer.from(chunk).toString()).toBe("one\n");
                enough.abort(new Error("enough"));
            }
        })();
        await expect(read).rejects.toThrow("enough");
    });

    it("breaks connections where it is told to", async () => {
        const { server, api } = await served();
        const stop = api.intercept(({ path }) => (path === MAPS ? "reset" : undefined));
        await expect(clientOf(server).post(MAPS, map("a"), signal)).rejects.toThrow(
            "did not answer",
        );
        stop();
        expect(await clientOf(server).get(MAPS, signal)).toMatchObject({ items: [] });
    });

    it("refuses what is no JSON", async () => {
        const { server, api } = await served();
        const { request } = await import("node:https");
        const answer = await new Promise<{ status: number | undefined; text: string }>(
            (resolve, reject) => {
                const sent = request(
                    `${server.url}${MAPS}`,
                    {
                        method: "POST",
                        ca: server.certificate,
                        headers: { authorization: "Bearer t-admin" },
                    },
                    (response) => {
                        let text = "";
                        response.setEncoding("utf8").on("data", (chunk: string) => {
                            text += chunk;
                        });
                        response.on("end", () => {
                            resolve({ status: response.statusCode, text });
                        });
                    },
                );
                sent.on("error", reject);
                sent.end("{ no");
            },
        );
        expect(answer.status).toBe(400);
        expect(JSON.parse(answer.text)).toMatchObject({ kind: "Status", reason: "BadRequest" });
        expect(api.store.all()).toHaveLength(1);
    });

    it("names a port that is taken", async () => {
        const { server } = await served();
        const port = Number(new URL(server.url).port);
        await expect(served(port)).rejects.toThrow(
            `port ${port} of 127.0.0.1 is taken: name another port, or 0 for any free one`,
        );
    });
});
