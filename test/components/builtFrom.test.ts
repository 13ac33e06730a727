import { type BuiltImage, type Config } from "../../config/loadConfig";
import { builtFrom } from "../../components/builtFrom";
import { describeChange } from "../../checks/source/changes";
import { beforeStack, change, load, minimal } from "../config/load";

beforeAll(beforeStack);

const commit = "c0ffee".padEnd(40, "0");

function loaded(): { config: Config; api: BuiltImage } {
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
            ],
        }),
    );
    const [api] = config.images as [BuiltImage];
    return { config, api };
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
