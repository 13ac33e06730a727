import * as pulumi from "@pulumi/pulumi";

import {
    earlierReleases,
    promotedCommits,
    releasesIn,
    rememberReleases,
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

        expect(releasesIn({ api, web: { digest: digest("d") }, old: "x" })).toEqual(
            new Map([
                ["api", [release("c"), release("b"), { digest: digest("a") }]],
                ["web", [{ digest: digest("d") }]],
            ]),
        );
        expect(releasesIn(undefined)).toEqual(new Map());
        expect(releasesIn("secret")).toEqual(new Map());
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
        rememberReleases(new Map());
        expect(earlierReleases("api", pulumi.output(digest("a")))).toEqual({});

        rememberReleases(new Map([["api", [release("b"), release("a")]]]));
        const after = async (hex: string) =>
            valueOf(earlierReleases("api", pulumi.output(digest(hex))).earlier);
        expect(await after("c")).toEqual([release("b"), release("a")]);
        expect(await after("a")).toEqual([release("b")]);

        rememberReleases(new Map([["api", [release("a")]]]));
        expect(await after("a")).toBeUndefined();
    });
});
