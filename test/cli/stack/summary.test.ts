import { imageResults, summaryText } from "../../../cli/stack/summary";

const urn = (type: string, name: string) => `urn:pulumi:dev::multiarch::${type}::${name}`;
const image = (name: string) => urn("multiarch:index:MultiArchImage", name);
const application = (name: string) => urn("multiarch:index:Application", name);
const event = (kind: string, about: string, op = "update") =>
    JSON.stringify({ sequence: 1, [kind]: { metadata: { urn: about, op } } });
const both = (about: string, op: string) => [
    event("resourcePreEvent", about, op),
    event("resOutputsEvent", about, op),
];

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

describe("what an update did not do", () => {
    const refreshed = [...both(image("api"), "refresh"), ...both(application("api"), "refresh")];

    it("is not done by the refresh before it: a refused update reached no image", () => {
        expect(imageResults(refreshed.join("\n"))).toEqual([
            { image: "api", problem: "not reached" },
        ]);
    });

    it("is not done for an image that it removed", () => {
        const log = [...refreshed, ...both(image("api"), "delete"), ...both(image("web"), "same")];
        expect(imageResults(log.join("\n"))).toEqual([
            { image: "api", problem: "removed" },
            { image: "web", problem: undefined },
        ]);
    });

    it.each(["same", "create", "update", "import"])(
        "is told apart from what it found in place or made: %s",
        (op) => {
            const log = [...refreshed, ...both(image("api"), op), ...both(application("api"), op)];
            expect(imageResults(log.join("\n"))).toEqual([{ image: "api", problem: undefined }]);
        },
    );

    it("is not done where only the refresh saw the outputs", () => {
        const log = [...refreshed, event("resourcePreEvent", image("api"), "same")];
        expect(imageResults(log.join("\n"))).toEqual([{ image: "api", problem: "not finished" }]);
    });

    it.each(["discard", "delete-replaced", "read", "refresh", "fetch"])(
        "is not done by a step such as %s",
        (op) => {
            const [result] = imageResults(both(image("api"), op).join("\n"));
            expect(result?.problem).toMatch(/^(removed|not reached)$/);
        },
    );
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
