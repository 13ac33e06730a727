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
});
