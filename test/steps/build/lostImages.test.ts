import { lostImages } from "../../../steps/build/lostImages";
import { FakeCluster, missing } from "../../cluster/fakeCluster";
import {
    AMD64,
    ARM64,
    buildObject,
    BUILDS,
    IDENTITY,
    imageObject,
    IMAGES,
    pushed,
} from "../../cluster/objects";

describe("lostImages", () => {
    let cluster: FakeCluster;
    const find = async () =>
        Object.fromEntries(
            await lostImages(
                cluster,
                "shop",
                [{ imageStream: "api", identity: IDENTITY }],
                new AbortController().signal,
            ),
        );

    beforeEach(() => {
        cluster = new FakeCluster();
        cluster.on("GET", /imagestreamimages/, (path) => missing("GET", path));
    });

    it("names the newest finished build of an identity when no image of it is there", async () => {
        cluster.set(BUILDS, buildObject("api-arm64-1", pushed("Complete")));
        const newer = { creationTimestamp: "2026-11-23T00:00:00Z" };
        cluster.set(BUILDS, buildObject("api-arm64-2", pushed("Complete", AMD64), newer));
        expect(await find()).toEqual({ [IDENTITY]: "api-arm64-2" });
    });

    it("names none when one of its images is there", async () => {
        cluster.on("GET", new RegExp(`${IMAGES}@${ARM64}`), () => imageObject(ARM64));
        cluster.set(BUILDS, buildObject("api-arm64-1", pushed("Complete")));
        cluster.set(BUILDS, buildObject("api-arm64-2", pushed("Complete", AMD64)));
        expect(await find()).toEqual({});
    });

    it.each([
        ["runs", { phase: "Running" }],
        ["failed", { phase: "Failed" }],
    ])("names none that %s", async (_, status) => {
        cluster.set(BUILDS, buildObject("api-arm64-1", status));
        expect(await find()).toEqual({});
    });

    it("names none of other inputs", async () => {
        const labels = { "multiarch/identity": "ffffffff" };
        cluster.set(BUILDS, buildObject("api-arm64-1", pushed("Complete"), { labels }));
        expect(await find()).toEqual({});
    });
});
