import type { BuiltFrom } from "../../../components/builtFrom";
import { describeChange } from "../../../checks/source/changes";

const old = "0123456789ab".padEnd(40, "0");
const next = "fedcba987654".padEnd(40, "0");

const before: BuiltFrom = {
    commit: old,
    url: "https://git.example.com/shop.git",
    contextDir: ".",
    dockerfilePath: "Dockerfile",
    buildArgs: { VERSION: "1.2" },
    architectures: ["amd64", "arm64"],
    rebuild: "",
};

describe("describeChange", () => {
    it("says of a first build what it is of, and for which architectures", () => {
        expect(describeChange("api", undefined, before)).toBe(
            "api: first build, of commit 0123456789ab for amd64, arm64",
        );
    });

    it.each<[string, Partial<BuiltFrom>, string]>([
        ["the commit", { commit: next }, "commit 0123456789ab -> fedcba987654"],
        [
            "the repository",
            { url: "https://git.example.com/other.git" },
            "git.url https://git.example.com/shop.git -> https://git.example.com/other.git",
        ],
        ["the context", { contextDir: "services/api" }, "contextDir . -> services/api"],
        [
            "the Dockerfile",
            { dockerfilePath: "docker/Dockerfile" },
            "dockerfilePath Dockerfile -> docker/Dockerfile",
        ],
        ["an argument", { buildArgs: { VERSION: "1.3" } }, "buildArgs.VERSION 1.2 -> 1.3"],
        ["an argument emptied", { buildArgs: { VERSION: "" } }, 'buildArgs.VERSION 1.2 -> ""'],
        ["an argument taken away", { buildArgs: {} }, "buildArgs.VERSION 1.2 -> none"],
        [
            "an argument added",
            { buildArgs: { VERSION: "1.2", DEBUG: "1" } },
            "buildArgs.DEBUG none -> 1",
        ],
        [
            "an empty argument added",
            { buildArgs: { VERSION: "1.2", DEBUG: "" } },
            'buildArgs.DEBUG none -> ""',
        ],
        ["the word for another build", { rebuild: "again" }, "rebuild none -> again"],
        [
            "several of them, in a fixed order",
            { rebuild: "again", buildArgs: { Z: "1", A: "2" }, commit: next },
            "commit 0123456789ab -> fedcba987654, buildArgs.A none -> 2, buildArgs.VERSION 1.2 -> none, buildArgs.Z none -> 1, rebuild none -> again",
        ],
        [
            "an argument, and an architecture is added",
            { buildArgs: { VERSION: "1.3" }, architectures: ["amd64", "arm64", "s390x"] },
            "buildArgs.VERSION 1.2 -> 1.3",
        ],
    ])("says that an image builds again for %s", (_, change, reasons) => {
        expect(describeChange("api", before, { ...before, ...change })).toBe(
            `api: builds again: ${reasons}`,
        );
    });

    it("says that the word for another build was taken away", () => {
        expect(describeChange("api", { ...before, rebuild: "again" }, before)).toBe(
            "api: builds again: rebuild again -> none",
        );
    });

    it("says which architectures are added to what is built", () => {
        const architectures = ["s390x", "amd64", "arm64", "ppc64le"];
        expect(describeChange("api", before, { ...before, architectures })).toBe(
            "api: builds s390x, ppc64le of commit 0123456789ab; the others are built",
        );
    });

    it.each<[string, Partial<BuiltFrom>]>([
        ["nothing", {}],
        ["the order of the architectures", { architectures: ["arm64", "amd64"] }],
        ["an architecture taken away", { architectures: ["amd64"] }],
    ])("says that nothing is to be built for %s", (_, change) => {
        expect(describeChange("api", before, { ...before, ...change })).toBe(
            "api: nothing to build: commit 0123456789ab is built",
        );
    });
});
