import { imageResults, summaryText } from "../../../cli/stack/summary";

const urn = (type: string, name: string) => `urn:pulumi:dev::multiarch::${type}::${name}`;
const image = (name: string) => urn("multiarch:index:MultiArchImage", name);
const application = (name: string) => urn("multiarch:index:Application", name);
const event = (kind: string, about: string) =>
    JSON.stringify({ sequence: 1, [kind]: { metadata: { urn: about } } });

describe("imageResults", () => {
    it("tells what is done, what failed, and what did not get its turn", () => {
        const build = urn(
            "multiarch:index:MultiArchImage$multiarch:index:ImageBuild$command:local:Command",
            "api-v2-amd64-build",
        );
        const log = [
            ...["api", "api-v2", "web"].map((name) => event("resourcePreEvent", image(name))),
            event("resourcePreEvent", application("api")),
            event("resOutputsEvent", image("api")),
            event("resOutputsEvent", application("api")),
            event("resOpFailedEvent", build),
            '{"sequence": 9, "resOut',
        ].join("\n");
        expect(imageResults(log)).toEqual([
            { image: "api", problem: undefined },
            { image: "api-v2", problem: "failed: api-v2-amd64-build" },
            { image: "web", problem: "not finished" },
        ]);
    });

    it("calls an image unfinished whose service is not up", () => {
        const log = [
            event("resourcePreEvent", image("api")),
            event("resourcePreEvent", application("api")),
            event("resOutputsEvent", image("api")),
        ].join("\n");
        expect(imageResults(log)).toEqual([{ image: "api", problem: "not finished" }]);
    });
});

describe("summaryText", () => {
    it("is one line for each image of several", () => {
        const results = [
            { image: "api", problem: undefined },
            { image: "storage", problem: "failed: storage-arm64-build" },
        ];
        expect(summaryText(results)).toBe(
            "  api      done\n  storage  failed: storage-arm64-build\n",
        );
    });

    it("is empty for one image and for none", () => {
        expect(summaryText([])).toBe("");
        expect(summaryText([{ image: "api", problem: undefined }])).toBe("");
    });
});
