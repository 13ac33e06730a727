import { DEPLOYMENTS, deployment, map, MAPS, start } from "./started";

const as = (type: string) => ({
    user: "system:admin",
    headers: { "content-type": `application/${type}` },
});

describe("a strategic merge patch", () => {
    it("merges containers by their names, and leaves out what it deletes", async () => {
        const { ask } = await start();
        await ask("POST", DEPLOYMENTS, deployment("web"));
        const patch = (containers: object[]) =>
            ask(
                "PATCH",
                `${DEPLOYMENTS}/web`,
                { spec: { template: { spec: { containers } } } },
                as("strategic-merge-patch+json"),
            );
        const added = await patch([{ name: "side", image: "side:1" }]);
        const images = ({ body }: typeof added) =>
            (
                body.spec as {
                    template: { spec: { containers: { name: string; image: string }[] } };
                }
            ).template.spec.containers.map(({ name, image }) => `${name} ${image}`);
        expect(images(added)).toEqual(["web quay.io/shop/web:1", "side side:1"]);
        const changed = await patch([{ name: "web", image: "web:2" }]);
        expect(images(changed)).toEqual(["web web:2", "side side:1"]);
        const removed = await patch([{ name: "web", $patch: "delete" }]);
        expect(images(removed)).toEqual(["side side:1"]);
    });
});

describe("a merge patch", () => {
    it("takes keys away that are null", async () => {
        const { ask } = await start();
        await ask("POST", MAPS, map("a", { x: "1", y: "2" }));
        const { body } = await ask(
            "PATCH",
            `${MAPS}/a`,
            { data: { x: null, z: "3" } },
            as("merge-patch+json"),
        );
        expect(body["data"]).toEqual({ y: "2", z: "3" });
    });

    it("is refused from an older version", async () => {
        const { ask } = await start();
        await ask("POST", MAPS, map("a", { x: "1" }));
        const { status } = await ask("PATCH", `${MAPS}/a`, {
            metadata: { resourceVersion: "1" },
            data: { x: "2" },
        });
        expect(status).toBe(409);
    });
});

describe("a JSON patch", () => {
    it("takes its steps one after the other, or none", async () => {
        const { ask } = await start();
        await ask("POST", MAPS, map("a", { x: "1", "b/c": "2" }));
        const patch = (steps: object) => ask("PATCH", `${MAPS}/a`, steps, as("json-patch+json"));
        const { body } = await patch([
            { op: "test", path: "/data/x", value: "1" },
            { op: "move", from: "/data/b~1c", path: "/data/d" },
            { op: "copy", from: "/data/x", path: "/data/e" },
            { op: "replace", path: "/data/x", value: "9" },
        ]);
        expect(body["data"]).toEqual({ x: "9", d: "2", e: "1" });
        const failed = await patch([
            { op: "remove", path: "/data/x" },
            { op: "test", path: "/data/d", value: "other" },
        ]);
        expect([failed.status, failed.body.reason]).toEqual([422, "Invalid"]);
        expect((await ask("GET", `${MAPS}/a`)).body["data"]).toEqual({ x: "9", d: "2", e: "1" });
    });
});

describe("a patch", () => {
    it("of an unknown kind is refused", async () => {
        const { ask } = await start();
        await ask("POST", MAPS, map("a"));
        const { status, body } = await ask("PATCH", `${MAPS}/a`, {}, as("x-other"));
        expect([status, body.reason]).toEqual([415, "UnsupportedMediaType"]);
    });
});

describe("server-side apply", () => {
    async function applying() {
        const started = await start();
        const apply = (manager: string, config: object, query = "") =>
            started.ask(
                "PATCH",
                `${MAPS}/a?fieldManager=${manager}${query}`,
                config,
                as("apply-patch+yaml"),
            );
        return { ...started, apply };
    }

    it("creates, and changes nothing the second time", async () => {
        const { apply } = await applying();
        const made = await apply("one", map("a", { x: "1" }));
        expect(made.status).toBe(201);
        const again = await apply("one", map("a", { x: "1" }));
        expect([again.status, again.body]).toEqual([200, made.body]);
    });

    it("takes away what its manager no longer says, and nothing of others", async () => {
        const { apply } = await applying();
        await apply("one", map("a", { x: "1", y: "2" }));
        await apply("two", map("a", { z: "3" }));
        const { body } = await apply("one", map("a", { y: "2" }));
        expect(body["data"]).toEqual({ y: "2", z: "3" });
    });

    it("is refused where it would change what another manager says, unless it is forced", async () => {
        const { apply } = await applying();
        await apply("one", map("a", { x: "1" }));
        expect(await apply("two", map("a", { x: "2" }))).toMatchObject({
            status: 409,
            body: {
                reason: "Conflict",
                message: 'Apply failed with 1 conflict: conflict with "one": .data.x',
                details: {
                    causes: [
                        {
                            reason: "FieldManagerConflict",
                            message: 'conflict with "one"',
                            field: ".data.x",
                        },
                    ],
                },
            },
        });
        const forced = await apply("two", map("a", { x: "2" }), "&force=true");
        expect(forced.body["data"]).toEqual({ x: "2" });
        const late = await apply("one", map("a", { x: "1" }));
        expect(late.body.message).toBe(
            'Apply failed with 1 conflict: conflict with "two": .data.x',
        );
    });

    it("is refused where somebody else has written the field since", async () => {
        const { apply, ask } = await applying();
        await apply("one", map("a", { x: "1" }));
        await ask("PATCH", `${MAPS}/a?fieldManager=hand`, { data: { x: "9" } });
        const { body } = await apply("one", map("a", { x: "1" }));
        expect(body.message).toBe(
            'Apply failed with 1 conflict: conflict with "hand" using v1: .data.x',
        );
    });

    it("takes a container away with all that the server has added to it", async () => {
        const { ask } = await start();
        const apply = (containers: object[]) =>
            ask(
                "PATCH",
                `${DEPLOYMENTS}/web?fieldManager=one`,
                {
                    apiVersion: "apps/v1",
                    kind: "Deployment",
                    metadata: { name: "web" },
                    spec: {
                        selector: { matchLabels: { app: "web" } },
                        template: { metadata: { labels: { app: "web" } }, spec: { containers } },
                    },
                },
                as("apply-patch+yaml"),
            );
        const web = { name: "web", image: "web:1" };
        await apply([web, { name: "side", image: "side:1" }]);
        const { body } = await apply([web]);
        expect(body.spec).toMatchObject({
            template: { spec: { containers: [{ name: "web", image: "web:1" }] } },
        });
        expect(JSON.stringify(body)).not.toContain("side");
    });
});
