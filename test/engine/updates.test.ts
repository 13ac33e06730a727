import * as pulumi from "@pulumi/pulumi";

import { type BedStack, type EngineBed, engineBed, PASSWORD } from "./engineBed";

const nameOf = ({ urn }: { urn: string }) => urn.split("::").at(-1);

describe("updates by Pulumi's own engine", () => {
    let bed: EngineBed;
    let stack: BedStack;
    beforeAll(async () => {
        bed = await engineBed();
        stack = await bed.init("first");
    });
    afterAll(async () => bed.close());

    it("create everything first, and leave no password in state, log or history", async () => {
        const first = await stack.up();

        expect(first.code).toBe(0);
        expect(new Set(first.steps.map(({ op }) => op))).toEqual(new Set(["create"]));
        expect(first.steps.map(nameOf)).toEqual(
            expect.arrayContaining(["api-amd64-build", "api-arm64-build", "api-publish"]),
        );
        const { images } = await stack.outputs();
        expect(Object.keys(images)).toEqual(["api"]);
        expect(images["api"]?.digest).toBe(
            bed.published.repository("example/api").tags.get("latest"),
        );
        const seen = [stack.state(), first.text, JSON.stringify(await stack.history())].join("\n");
        expect(seen).not.toContain(PASSWORD);
        expect(seen).not.toContain(Buffer.from(PASSWORD).toString("base64"));
        expect(stack.locks()).toEqual([]);
    });

    it("change nothing, and ask the cluster to change nothing, where nothing is new", async () => {
        const before = bed.asked.length;

        const second = await stack.up();

        expect(second.code).toBe(0);
        expect(second.steps).toEqual([]);
        expect(bed.asked.slice(before)).toEqual([]);
        expect(second.text).toContain("api: nothing to build");
    });

    it("keep what an image has where another one fails, and heal with the next", async () => {
        const { images: before } = await stack.outputs();
        stack.configure({ images: [bed.image("api"), bed.image("web")] });
        const allow = bed.published.intercept(({ method, path }) =>
            method === "PUT" && path.startsWith("/v2/example/web/manifests/")
                ? { status: 403, headers: {}, body: Buffer.from('{"errors":[{"code":"DENIED"}]}') }
                : undefined,
        );

        const failed = await stack.up("--continue-on-error");
        const { images: after } = await stack.outputs();

        expect(failed.code).not.toBe(0);
        expect(after["api"]?.digest).toBe(before["api"]?.digest);
        // The engine stores what it does not know as a marker text; no run takes it for a digest.
        expect(after["web"]?.digest).toBe(pulumi.runtime.unknownValue);
        expect((await stack.history()).map(({ result }) => result)).toEqual([
            "failed",
            "succeeded",
            "succeeded",
        ]);
        expect(stack.locks()).toEqual([]);

        allow();
        const healed = await stack.up();

        expect(healed.code).toBe(0);
        expect(healed.steps.map(nameOf)).not.toContain("web-amd64-build");
        expect(healed.steps.map(nameOf)).toContain("web-publish");
        const { images } = await stack.outputs();
        expect(images["web"]?.digest).toBe(
            bed.published.repository("example/web").tags.get("latest"),
        );
    });

    it("delete what belongs to an image that is removed, and touch no other", async () => {
        stack.configure({ images: [bed.image("api")] });

        const { code, steps } = await stack.up();

        expect(code).toBe(0);
        const deleted = steps.filter(({ op }) => op === "delete").map(nameOf);
        expect(deleted).toEqual(
            expect.arrayContaining(["web-deployment", "web-service", "web-stream", "web-job"]),
        );
        expect(deleted.filter((name) => name?.startsWith("api"))).toEqual([]);
        expect(Object.keys((await stack.outputs()).images)).toEqual(["api"]);
    });
});
