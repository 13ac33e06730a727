import { checkArchitectures } from "../../components/platforms";
import { PromotedImage } from "../../components/promotedImage";
import { record } from "../mocks";
import { MANIFESTS, digest, manifests } from "./fixtures";

// What it does with a list, platforms.test.ts shows; an output that fails would end the process.
jest.mock("../../components/platforms", () => ({ checkArchitectures: jest.fn() }));
const platforms = { amd64: digest("a"), arm64: digest("b") };
beforeEach(() => jest.mocked(checkArchitectures).mockReset().mockReturnValue(platforms));

const component = "multiarch:index:PromotedImage api";
const args = {
    destination: "quay.io/shop/api",
    digest: digest("d"),
    architectures: ["amd64", "arm64"] as const,
};
const create = () => new PromotedImage("api", args);
const calls = { [MANIFESTS]: () => manifests(platforms) };

describe("PromotedImage", () => {
    it.each([false, true])(
        "registers nothing but itself, and reads the list by its digest (preview: %s)",
        async (preview) => {
            const { registrations, invokes } = await record(create, { calls, preview });

            expect(registrations).toEqual({ [component]: { dependencies: [], inputs: {} } });
            expect(invokes).toEqual([
                { token: MANIFESTS, inputs: { name: `quay.io/shop/api:promoted@${digest("d")}` } },
            ]);
        },
    );

    it("registers the digest and the platforms behind it", async () => {
        expect((await record(create, { calls })).outputs).toEqual({
            [component]: { digest: digest("d"), platforms },
        });
    });

    it("compares the list in the registry with its architectures", async () => {
        await record(create, { calls });

        expect(jest.mocked(checkArchitectures).mock.calls).toEqual([
            [
                `quay.io/shop/api:promoted@${digest("d")}`,
                manifests(platforms).manifests,
                ["amd64", "arm64"],
            ],
        ]);
    });
});
