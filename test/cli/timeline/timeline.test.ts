import { spawnSync } from "node:child_process";
import { join } from "node:path";

import { svgText } from "../../../cli/timeline/svg";
import { timelinesOf } from "../../../cli/timeline/timeline";

const stages = { Build: 4669, FetchInputs: 380, PullImages: 664, PushImage: 517 };
const fresh = { adopted: false, seconds: 12.9, stages };
const outputs = {
    images: {
        "context-api": {
            commit: "7d3280e3560ffbdf04f81066b0f708c44a0c5c72",
            builds: { arm64: { ...fresh, seconds: 18.5 }, amd64: fresh },
            publishSeconds: 2.6,
        },
    },
};

/** Parts as `name from-to`, in tenths of a second. */
function barsOf(given: unknown) {
    return timelinesOf(given).map(({ bars }) =>
        bars.map(({ label, parts }) => [
            label,
            ...parts.map(({ name, from, to }) => `${name} ${from.toFixed(1)}-${to.toFixed(1)}`),
        ]),
    );
}

describe("timelinesOf", () => {
    it("puts each architecture's stages in the order in which they ran, and publishing after the last", () => {
        expect(barsOf(outputs)).toEqual([
            [
                [
                    "amd64",
                    "starting, waiting 0.0-6.7",
                    "FetchInputs 6.7-7.1",
                    "PullImages 7.1-7.7",
                    "Build 7.7-12.4",
                    "PushImage 12.4-12.9",
                ],
                [
                    "arm64",
                    "starting, waiting 0.0-12.3",
                    "FetchInputs 12.3-12.7",
                    "PullImages 12.7-13.3",
                    "Build 13.3-18.0",
                    "PushImage 18.0-18.5",
                ],
                ["publish", "publish 18.5-21.1"],
            ],
        ]);
    });

    it("draws no stages of a reused build: they belong to an earlier run", () => {
        const builds = { amd64: { ...fresh, adopted: true, seconds: 0.2 } };
        expect(barsOf({ images: { a: { commit: "0", builds, publishSeconds: 1 } } })).toEqual([
            [
                ["amd64", "reused 0.0-0.2"],
                ["publish", "publish 0.2-1.2"],
            ],
        ]);
    });

    it("keeps a stage that it does not know, after the others", () => {
        const builds = { amd64: { ...fresh, stages: { Sign: 1000, PushImage: 500 } } };
        const [[bar] = []] = barsOf({ images: { a: { builds } } });
        expect(bar?.slice(2)).toEqual(["PushImage 11.4-11.9", "Sign 11.9-12.9"]);
    });

    it("never starts a build before the run, whatever its stages add up to", () => {
        const builds = { amd64: { ...fresh, seconds: 1, stages: { Build: 3000 } } };
        expect(barsOf({ images: { a: { builds } } })[0]?.[0]).toEqual([
            "amd64",
            "starting, waiting 0.0-0.0",
            "Build 0.0-3.0",
        ]);
    });

    it("leaves out an image that is only deployed, and refuses a stack that has no other", () => {
        const deployed = { reference: "quay.io/a/b@sha256:0", platforms: {} };
        const both = { images: { ...outputs.images, deployed } };
        expect(timelinesOf(both)).toHaveLength(1);
        expect(() => timelinesOf({ images: { deployed } })).toThrow("builds no image");
    });

    it.each([[{}], [null], [{ images: { a: { builds: { amd64: {} } } } }]])(
        "refuses %j: no outputs of this program",
        (given) => {
            expect(() => timelinesOf(given)).toThrow("not the outputs of a stack of this program");
        },
    );
});

describe("svgText", () => {
    it("draws every part to scale", () => {
        const svg = svgText(timelinesOf(outputs));
        const widths = [...svg.matchAll(/width="([\d.]+)" height="20"/g)].map(([, it]) =>
            Number(it),
        );
        const sum = (from: number, to: number) =>
            widths.slice(from, to).reduce((total, width) => total + width, 0);
        expect(widths).toHaveLength(11);
        expect(sum(0, 5)).toBeCloseTo((640 * 12.9) / 21.1, 1);
        expect(sum(5, 11)).toBeCloseTo(640, 1);
        expect(svg).toContain("context-api, commit 7d3280e3560f: 21.1 s");
        expect(svg).toContain("<title>arm64, Build: 4.7 s</title>");
    });

    it("gives the same bytes for the same run", () => {
        expect(svgText(timelinesOf(outputs))).toBe(svgText(timelinesOf(structuredClone(outputs))));
    });

    it("marks the axis with few round numbers", () => {
        const svg = svgText(timelinesOf(outputs));
        const ticks = [...svg.matchAll(/text-anchor="middle">([^<]*)</g)].map(([, it]) => it);
        expect(ticks).toEqual(["0 s", "5 s", "10 s", "15 s", "20 s"]);
    });

    it("is XML whatever a name holds", () => {
        const builds = { amd64: { ...fresh, stages: { '<b>&"': 1 } } };
        const svg = svgText(timelinesOf({ images: { "<i>": { builds } } }));
        expect(svg).not.toMatch(/<[bi]>/);
        expect(svg).toContain("&lt;b&gt;&amp;&quot;");
    });
});

describe("npm run timeline", () => {
    function run(input: string, ...words: string[]) {
        const { status, stdout, stderr } = spawnSync(
            process.execPath,
            ["--require", "tsx/cjs", "cli/timeline.ts", ...words],
            { cwd: join(__dirname, "../../.."), encoding: "utf8", input },
        );
        return { status, stdout, stderr };
    }

    it("draws what pulumi stack output --json says", () => {
        expect(run(JSON.stringify(outputs))).toEqual({
            status: 0,
            stdout: svgText(timelinesOf(outputs)),
            stderr: "",
        });
    }, 60_000);

    it.each([
        ["no JSON", [], /^timeline: standard input is no JSON\.\npulumi stack output --json \| /],
        ["{}", ["--colour"], /^timeline: Unknown option '--colour'\.\n/],
    ])(
        "exits with 2 for %s %j",
        (input, words, message) => {
            const { status, stdout, stderr } = run(input, ...words);
            expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
            expect(stderr).toMatch(message);
        },
        60_000,
    );
});
