import * as pulumi from "@pulumi/pulumi";

import {
    earlierReleases,
    promotedCommits,
    releasesIn,
    unfinishedIn,
} from "../../../checks/releases";

const digest = (hex: string) => `sha256:${hex.repeat(64)}`;
const release = (hex: string) => ({ digest: digest(hex), commit: hex.repeat(40) });

/** Waits for an output. */
function valueOf<T>(output: pulumi.Output<T> | undefined): Promise<T | undefined> {
    return new Promise((resolve) => {
        if (output === undefined) {
            resolve(undefined);
        } else {
            output.apply(resolve);
        }
    });
}

describe("releasesIn", () => {
    it("lists the present release and those before it", () => {
        const api = {
            ...release("c"),
            earlier: [release("b"), { digest: digest("a") }],
            builds: {},
        };

        expect(releasesIn({ images: { api, web: { digest: digest("d") }, old: "x" } })).toEqual(
            new Map([
                ["api", [release("c"), release("b"), { digest: digest("a") }]],
                ["web", [{ digest: digest("d") }]],
            ]),
        );
        expect(releasesIn({})).toEqual(new Map());
        expect(releasesIn({ images: "secret", releases: 1 })).toEqual(new Map());
    });
});

describe("after an update that failed", () => {
    const marker = pulumi.runtime.unknownValue;

    it.each([
        ["marked", { digest: marker, commit: marker, earlier: marker }],
        ["missing", {}],
        ["known too early", { digest: marker, commit: "c".repeat(40), earlier: marker }],
    ])("lists what had been deployed before it, where outputs are %s", (_, api) => {
        const releases = { api: [release("b"), release("a")], web: [release("d")] };
        const images = { api, web: { ...release("e"), earlier: [release("d")] } };

        expect(releasesIn({ images, releases })).toEqual(
            new Map([
                ["api", [release("b"), release("a")]],
                ["web", [release("e"), release("d")]],
            ]),
        );
        expect([...unfinishedIn(images)]).toEqual(["api"]);
    });

    it("lists nothing where nothing had been deployed", () => {
        expect(releasesIn({ images: { api: { digest: marker } } })).toEqual(new Map());
    });
});

describe("promotedCommits", () => {
    const releases = new Map([["api", [release("c"), release("b"), { digest: digest("a") }]]]);
    const commits = (hex: string, name = "api") =>
        promotedCommits([{ name, digest: digest(hex) }], "organization/multiarch/dev", releases);

    it("takes what the source has deployed, now or before", () => {
        expect(commits("c")).toEqual(new Map([["api", "c".repeat(40)]]));
        expect(commits("b")).toEqual(new Map([["api", "b".repeat(40)]]));
        expect(commits("a")).toEqual(new Map());
    });

    it("refuses any other digest", () => {
        const texts = [
            `  multiarch:images, api: digest is ${digest("9")}: expected one that organization/multiarch/dev has deployed: ${digest("c")}, ${digest("b")}, ${digest("a")}`,
            `  multiarch:images, web: digest is ${digest("c")}: expected one that organization/multiarch/dev has deployed, which has deployed none`,
        ];

        expect(() => commits("9")).toThrow(texts[0]);
        expect(() => commits("c", "web")).toThrow(texts[1]);
        expect(() => commits("9")).toThrow(/Next:\n {2}npm run promote -- --from dev --to \S+$/);
    });
});

describe("earlierReleases", () => {
    it("is nothing at first, then what was deployed before this digest", async () => {
        expect(earlierReleases(undefined, pulumi.output(digest("a")))).toEqual({});

        const after = async (hex: string, ...known: string[]) =>
            valueOf(earlierReleases(known.map(release), pulumi.output(digest(hex))).earlier);
        expect(await after("c", "b", "a")).toEqual([release("b"), release("a")]);
        expect(await after("a", "b", "a")).toEqual([release("b")]);
        expect(await after("a", "a")).toBeUndefined();
    });
});
