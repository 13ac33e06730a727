import * as http from "node:http";
import type { AddressInfo } from "node:net";

import { copyOverApi } from "../../registry/copyList";
import type { Login } from "../../registry/login";
import { Repository } from "../../registry/registry";
import { verifyList } from "../../registry/verifyList";
import { FakeRegistry, commit, login } from "./fakeRegistry";

let registry: FakeRegistry;
const repository = (name = "shop/api", account: Login | undefined = login) =>
    new Repository({ registry: registry.host, repository: name }, account);
const wanted = (digest: string, changes: object = {}) => ({
    digest,
    architectures: ["amd64", "arm64"],
    commit,
    ...changes,
});

async function start(scheme?: "Bearer" | "Basic" | "none"): Promise<void> {
    registry = new FakeRegistry(scheme);
    await registry.start();
}

/** A list for two architectures, as the program publishes it. */
function published(labels: { arm64?: string } = {}): {
    list: string;
    amd64: string;
    arm64: string;
} {
    const amd64 = registry.putImage("shop/api", "amd64");
    const arm64 = registry.putImage("shop/api", "arm64", labels.arm64);
    return { list: registry.putList("shop/api", { amd64, arm64 }), amd64, arm64 };
}

afterEach(async () => registry.stop());

describe("verifyList", () => {
    it.each(["Bearer", "Basic", "none"] as const)(
        "reads commit and platforms of a complete list (%s)",
        async (scheme) => {
            await start(scheme);
            const { list, amd64, arm64 } = published();

            expect(await verifyList(repository(), wanted(list))).toEqual({
                commit,
                platforms: { "linux/amd64": amd64, "linux/arm64": arm64 },
            });
        },
    );

    it("takes the commit that all platforms agree on, when nobody says which", async () => {
        await start();
        const { list } = published();

        expect(await verifyList(repository(), wanted(list, { commit: undefined }))).toMatchObject({
            commit,
        });
    });

    it.each<[string, (images: ReturnType<typeof published>) => object | string, string]>([
        [
            "a digest that is not there",
            () => `sha256:${"0".repeat(64)}`,
            "the registry does not have it: expected a digest that was published there",
        ],
        [
            "an image of one platform",
            ({ amd64 }) => amd64,
            "is of type application/vnd.docker.distribution.manifest.v2+json: expected a manifest list",
        ],
        [
            "a missing platform",
            ({ list }) => ({ ...wanted(list), architectures: ["amd64", "arm64", "s390x"] }),
            "is for linux/amd64, linux/arm64: expected linux/amd64, linux/arm64, linux/s390x",
        ],
        [
            "a platform too many",
            ({ list }) => ({ ...wanted(list), architectures: ["amd64"] }),
            "is for linux/amd64, linux/arm64: expected linux/amd64",
        ],
        [
            "another commit",
            ({ list }) => ({ ...wanted(list), commit: "b".repeat(40) }),
            `linux/amd64 was built from commit ${commit}: expected commit ${"b".repeat(40)}`,
        ],
    ])("refuses %s", async (_, wantedOf, reason) => {
        await start();
        const asked = wantedOf(published());
        const all =
            typeof asked === "string" ? wanted(asked) : (asked as ReturnType<typeof wanted>);

        await expect(verifyList(repository(), all)).rejects.toThrow(
            [
                "Nothing was promoted, nothing was written.",
                `  ${registry.host}/shop/api@${all.digest}: ${reason}`,
                "Next:",
                `  regctl manifest get ${registry.host}/shop/api@${all.digest}`,
            ].join("\n"),
        );
    });

    it("refuses a list whose platforms are of two commits, of none, missing, or not what they say", async () => {
        await start();
        const { list } = published({ arm64: "b".repeat(40) });
        await expect(verifyList(repository(), wanted(list, { commit: undefined }))).rejects.toThrow(
            `linux/arm64 was built from commit ${"b".repeat(40)}: expected commit ${commit}`,
        );

        const none = published({ arm64: "" });
        await expect(verifyList(repository(), wanted(none.list))).rejects.toThrow(
            "its linux/arm64 has no label io.openshift.build.commit.id: expected an image that OpenShift built",
        );

        const { amd64 } = none;
        const wrong = registry.putList("shop/api", { amd64, arm64: amd64 });
        await expect(verifyList(repository(), wanted(wrong))).rejects.toThrow(
            "its linux/arm64 is for linux/amd64: expected an image for linux/arm64",
        );

        const gone = `sha256:${"9".repeat(64)}`;
        const half = registry.putList("shop/api", { amd64, arm64: gone });
        await expect(verifyList(repository(), wanted(half))).rejects.toThrow(
            `the registry does not have its linux/arm64, ${gone}: expected a complete list`,
        );
    });

    it.each([
        ["two entries for one platform", {}],
        ["two variants of one architecture", { variant: "v8" }],
        ["two entries of one image", {}],
    ])("refuses %s: each node would take the one that it likes", async (what, variant) => {
        await start();
        const { amd64, arm64 } = published();
        const other = what.endsWith("image") ? arm64 : registry.putImage("shop/api", "arm64");
        const twice = { os: "linux", architecture: "arm64", ...variant };
        const list = registry.putList("shop/api", { amd64, arm64 }, [
            { digest: other, platform: twice },
        ]);
        await expect(verifyList(repository(), wanted(list))).rejects.toThrow(
            "is for linux/amd64, linux/arm64, linux/arm64: expected linux/amd64, linux/arm64",
        );
    });

    it("takes no notice of attestations, and copies them along", async () => {
        await start();
        const { amd64, arm64 } = published();
        const digest = registry.putImage("shop/api", "unknown", "");
        const list = registry.putList("shop/api", { amd64, arm64 }, [
            { digest, platform: { os: "unknown", architecture: "unknown" } },
        ]);
        expect(await verifyList(repository(), wanted(list))).toEqual({
            commit,
            platforms: { "linux/amd64": amd64, "linux/arm64": arm64 },
        });
        await copyOverApi(repository(), repository("prod/api"), list, "c0ffee-1");
        expect(registry.content.has(`prod/api/${digest}`)).toBe(true);
    });

    it("refuses bytes of another digest", async () => {
        await start();
        const { list } = published();
        const entry = registry.content.get(`shop/api/${list}`);
        registry.content.set(`shop/api/${list}`, {
            type: entry?.type ?? "",
            bytes: Buffer.from("{}"),
        });

        await expect(verifyList(repository(), wanted(list))).rejects.toThrow(
            /: 127\.0\.0\.1:\d+ sent sha256:[0-9a-f]{64} for sha256:/,
        );
    });

    it("says what the registry says to a wrong account, and never the password", async () => {
        await start();
        const { list } = published();
        const wrong = { username: "ann", password: "letmein" };

        const error = await verifyList(repository("shop/api", wrong), wanted(list)).catch(
            (reason: unknown) => reason,
        );

        expect(String(error)).toContain(
            `${registry.host} answered 403: it does not know ann: expected a registry that shows it to the stack's account`,
        );
        expect(String(error)).not.toContain("letmein");
        expect(registry.requests.join()).not.toContain("letmein");
    });
});

describe("copyOverApi", () => {
    it("copies a list with all that is in it, to the byte, and tags it", async () => {
        await start();
        const { list } = published();

        await copyOverApi(repository(), repository("prod/api"), list, "c0ffee-1");

        const entries = [...registry.content].filter(([key]) => key.startsWith("shop/api/"));
        for (const [key, { bytes }] of entries) {
            const copied = registry.content.get(key.replace("shop/api", "prod/api"));
            expect(copied?.bytes.equals(bytes)).toBe(true);
        }
        expect(registry.content.get("prod/api/c0ffee-1")?.bytes).toEqual(
            registry.content.get(`shop/api/${list}`)?.bytes,
        );
        expect(await verifyList(repository("prod/api"), wanted(list))).toMatchObject({ commit });
    });

    it("copies no blob that is there", async () => {
        await start();
        const { list } = published();
        await copyOverApi(repository(), repository("prod/api"), list, "one");
        registry.requests.length = 0;

        await copyOverApi(repository(), repository("prod/api"), list, "two");

        expect(registry.requests.filter((request) => request.startsWith("POST"))).toEqual([]);
    });
});

describe("another origin", () => {
    it("is never shown the account, whatever it asks for", async () => {
        await start("Basic");
        const seen: (string | undefined)[] = [];
        const other = http.createServer((request, response) => {
            seen.push(request.headers.authorization);
            response.writeHead(401, { "www-authenticate": 'Basic realm="give it to me"' }).end();
        });
        await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
        const { port } = other.address() as AddressInfo;
        try {
            const own = repository();
            await own.request("tags/list", { expect: [404] });
            const url = `http://127.0.0.1:${port}/upload`;
            await expect(own.request(url)).rejects.toThrow("answered 401 to GET /upload");
        } finally {
            await new Promise((resolve) => other.close(resolve));
        }
        expect(seen).toEqual([undefined]);
    });
});
