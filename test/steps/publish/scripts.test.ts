import { refusal, type RegistryRequest } from "../../../simulator/registry/types";
import {
    both,
    built,
    listBehind,
    publish,
    type Registries,
    setUp,
    tagsOf,
    tearDown,
} from "./publisherBed";
import { shells } from "./shells";

let quay: Registries["quay"];

beforeEach(async () => {
    ({ quay } = await setUp());
});

afterEach(tearDown);

describe.each(shells.map((shell) => [shell.join(" "), shell] as const))(
    "the publisher for regctl under %s",
    (_, shell) => {
        it("publishes one list of the built images under the immutable tag and the floating one", async () => {
            const digests = both();
            const { status, stderr, events, termination } = await publish({ digests, shell });
            expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
            const last = events.at(-1) as { digest: string; immutableTag: string };
            expect(last).toEqual({
                event: "published",
                digest: tagsOf()["latest"],
                immutableTag: `c0ffee000000-${last.digest.slice(7, 15)}`,
                moved: ["latest"],
                ahead: {},
            });
            expect(tagsOf()[last.immutableTag]).toBe(last.digest);
            expect(listBehind("latest")).toEqual(digests);
            expect(JSON.parse(termination)).toEqual(last);
            expect(events.map(({ event }) => event)).toEqual([
                "ready",
                "transferred",
                "transferred",
                "published",
            ]);
        });

        it("refuses an image that holds another architecture's programs, before any tag moves", async () => {
            await publish({ digests: both(), shell });
            const before = tagsOf();
            const digests = { amd64: built("amd64"), arm64: built("arm64", "amd64") };
            const { status, stderr, events, termination } = await publish({ digests, shell });
            expect(status).toBe(78);
            expect(stderr).toContain(
                `the arm64 image ${digests.arm64} starts /app/server, which is for amd64 (ELF machine 0x3e): wanted arm64 (0xb7); no tag moved.`,
            );
            expect(events.filter(({ event }) => event === "published")).toEqual([]);
            expect(termination).toBe("");
            expect(tagsOf()["latest"]).toBe(before["latest"]);
            const list = Object.keys(tagsOf()).filter((tag) =>
                /^c0ffee000000-[0-9a-f]{8}$/.test(tag),
            );
            expect(list).toHaveLength(1);
            expect(Object.values(tagsOf())).not.toContain(digests.arm64);
        });
    },
);

/** buildah, where CI has put it on the PATH and says so: there is no stand-in for it. */
const buildah = process.env["BUILDAH"] === undefined ? [] : (["buildah"] as const);

for (const tool of buildah) {
    describe("the publisher for buildah", () => {
        it("publishes one list of the built images", async () => {
            const digests = both();
            const { status, events } = await publish({ tool, digests });
            expect(events.at(-1)).toMatchObject({ event: "published", moved: ["latest"] });
            expect(status).toBe(0);
            expect(listBehind("latest")).toEqual(digests);
        });

        it("refuses an image that holds another architecture's programs, before any tag moves", async () => {
            const digests = { amd64: built("amd64"), arm64: built("arm64", "amd64") };
            const { status, stderr } = await publish({ tool, digests });
            expect(stderr).toContain(
                `the arm64 image ${digests.arm64} starts /app/server, which is for amd64 (ELF machine 0x3e): wanted arm64 (0xb7); no tag moved.`,
            );
            expect(status).toBe(78);
            expect(tagsOf()["latest"]).toBeUndefined();
        });
    });
}

describe("the publisher for regctl", () => {
    it("does not move a tag that somebody else has moved meanwhile, and says where it is", async () => {
        await publish({ digests: both() });
        const other = tagsOf()["latest"] ?? "";
        const repository = quay.registry.repository("shop/api");
        repository.tags.set("stable", built("amd64"));
        quay.registry.intercept(({ method, path }: RegistryRequest) => {
            // Between its first look and its second one: when it gives the list its immutable tag.
            if (method === "PUT" && /\/manifests\/c0ffee000000-[0-9a-f]{8}$/.test(path)) {
                repository.tags.set("stable", other);
            }
            return undefined;
        });
        const digests = { amd64: built("amd64") };
        const { status, events } = await publish({ digests, tags: "stable" });
        expect(status).toBe(0);
        expect(events.at(-1)).toMatchObject({ moved: [], ahead: { stable: other } });
        expect(tagsOf()["stable"]).toBe(other);
    });

    it.each([
        ["wrong credentials", "robot:wrong", 77],
        ["an account that may only read", "reader:r", 77],
    ])("gives up at once with %s, and pushes nothing", async (_what, user, code) => {
        const { status, events } = await publish({ digests: both(), user });
        expect(status).toBe(code);
        expect(events).toEqual([]);
        expect(tagsOf()).toEqual({});
    });

    it("ends the pod for another attempt where the registry fails for a while", async () => {
        quay.registry.intercept(({ method }: RegistryRequest) =>
            method === "PUT" ? refusal(503, "UNAVAILABLE", "try later") : undefined,
        );
        const { status, events } = await publish({ digests: both() });
        expect(status).toBe(1);
        expect(events.map(({ event }) => event)).toEqual(["ready"]);
        expect(tagsOf()).toEqual({});
    });

    it.each([429, 500, 503])(
        "ends the pod where a floating tag is answered with %i at the second look",
        async (code) => {
            await publish({ digests: { amd64: built("amd64") } });
            const before = tagsOf()["latest"];
            let isDown = false;
            quay.registry.intercept(({ method, path }: RegistryRequest) => {
                isDown ||= method === "PUT" && /\/manifests\/c0ffee000000-[0-9a-f]{8}$/.test(path);
                return isDown && path.endsWith("/manifests/latest")
                    ? refusal(code, "UNAVAILABLE", "try later")
                    : undefined;
            });
            const { status, stderr, events } = await publish({ digests: both() });
            expect(status).toBe(1);
            expect(stderr).toContain("the registry does not say what tag latest names");
            expect(events.filter(({ event }) => event === "published")).toEqual([]);
            expect(tagsOf()["latest"]).toBe(before);
        },
    );

    it("says nothing but what is wrong when one transfer fails while the other has ended", async () => {
        const digests = { amd64: built("amd64"), arm64: built("arm64", "amd64") };
        const { stderr } = await publish({ digests });
        expect(stderr).not.toMatch(/No such process|kill:/);
    });

    it("moves nothing to a list that is not what was asked for", async () => {
        const digests = both();
        // The registry gives another list out than the one that it took.
        quay.registry.intercept(({ method, path }: RegistryRequest) => {
            const list = /\/manifests\/(sha256:[0-9a-f]{64})$/.exec(path)?.[1] ?? "";
            const held = quay.registry.repository("shop/api").manifests.get(list);
            return method === "GET" && held?.mediaType.includes("list") === true
                ? {
                      status: 200,
                      headers: { "content-type": held.mediaType },
                      body: Buffer.from(
                          held.bytes.toString().replace(digests.arm64, digests.amd64),
                      ),
                  }
                : undefined;
        });
        const { status, stderr } = await publish({ digests });
        expect(status).toBe(1);
        // The real regctl sees by the digest that it is another one.
        expect(stderr).toMatch(
            process.env["REGCTL"] === undefined
                ? `lacks arm64 as ${digests.arm64}; no tag moved`
                : /digest/,
        );
        expect(tagsOf()["latest"]).toBeUndefined();
    });

    it.each<[string, readonly [string, string], string]>([
        [
            "check_contents that returns at once",
            ["check_contents() {", "check_contents() { return 0;"],
            "arm64",
        ],
    ])("is tested: a %s lets a wrong image through", async (_what, mutate, wrong) => {
        const digests = { amd64: built("amd64"), [wrong]: built("arm64", "amd64") };
        const { status, events } = await publish({ digests, mutate });
        expect(status).toBe(0);
        expect(events.at(-1)).toMatchObject({ moved: ["latest"] });
    });
});
