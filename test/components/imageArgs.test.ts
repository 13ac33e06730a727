import { type BuiltImage, type Config, type Image } from "../../config/loadConfig";
import { builtFrom, source } from "../../components/imageArgs";
import { describeChange } from "../../checks/source/changes";
import { beforeStack, change, load, minimal } from "../config/load";

beforeAll(beforeStack);

const commit = "c0ffee".padEnd(40, "0");
const digest = `sha256:${"d".repeat(64)}`;

function loaded(): { config: Config; api: BuiltImage; web: Image } {
    const config = load(
        change(minimal, {
            rebuild: "again",
            images: [
                {
                    name: "api",
                    destination: "quay.io/shop/api",
                    contextDir: "services/api",
                    dockerfilePath: "docker/Dockerfile",
                    buildArgs: { VERSION: "1.2" },
                    architectures: ["s390x"],
                    git: { url: "https://elsewhere.example.com/api.git", ref: "v1" },
                },
                { name: "web", destination: "quay.io/shop/web", digest, application: {} },
            ],
        }),
    );
    const [api, web] = config.images as [BuiltImage, Image];
    return { config, api, web };
}

const expected = {
    commit,
    url: "https://elsewhere.example.com/api.git",
    contextDir: "services/api",
    dockerfilePath: "docker/Dockerfile",
    buildArgs: { VERSION: "1.2" },
    architectures: ["s390x"],
    rebuild: "again",
};

describe("builtFrom", () => {
    it("is what the image and the stack together say", () => {
        const { config, api } = loaded();

        expect(builtFrom(config, api, commit)).toEqual(expected);
    });

    it("has no rebuild that is missing: the stack's outputs would not show it", () => {
        const { config, api } = loaded();

        expect(builtFrom({ ...config, rebuild: undefined }, api, commit).rebuild).toBe("");
    });

    it("is, as JSON, the same to the next update", () => {
        const { config, api } = loaded();
        const now = builtFrom(config, api, commit);
        const before = JSON.parse(JSON.stringify(now)) as typeof now;

        expect(describeChange("api", before, now)).toBe(
            "api: nothing to build: commit c0ffee000000 is built",
        );
    });
});

describe("source", () => {
    it("names the commit of an image that is built, and what else it is built from", () => {
        const { config, api } = loaded();

        expect(source(config, api, commit)).toEqual({ commit, builtFrom: expected });
    });

    it("says no more of an image that another stack built than its commit", () => {
        const { config, web } = loaded();

        expect(source(config, web, undefined)).toEqual({});
        expect(source(config, web, commit)).toEqual({ commit });
    });

    it("takes no built image without a commit", () => {
        const { config, api } = loaded();

        expect(() => source(config, api, undefined)).toThrow("a value is missing");
    });
});
