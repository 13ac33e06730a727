import { appendFileSync } from "node:fs";
import { join } from "node:path";

import { readStackConfig } from "../../../cli/plan/stackConfig";
import { UsageError } from "../../../config/usageError";
import { minimal, removeFolders, stackFolder } from "./stackFolder";

afterAll(removeFolders);

describe("readStackConfig", () => {
    it("hands over text as it is and all else as JSON, with the project's defaults", () => {
        const root = stackFolder({ ...minimal, rebuild: "again" });
        const { file, values, secretKeys, assumed } = readStackConfig({ root, stack: "dev" });
        expect(file).toBe("Pulumi.dev.yaml");
        expect(values["multiarch:rebuild"]).toBe("again");
        expect(values["multiarch:namespace"]).toBe('{"name":"shop"}');
        expect(values["multiarch:architectures"]).toBe('["amd64","arm64"]');
        expect(values["multiarch:gitUsername"]).toBe("");
        expect([secretKeys, assumed]).toEqual([[], []]);
    });

    it.each(["rebuild", "sourceStack", "gitUsername"])("takes %s for the project's", (key) => {
        const root = stackFolder(minimal);
        appendFileSync(join(root, "Pulumi.dev.yaml"), `  ${key}: word\n`);
        const { values } = readStackConfig({ root, stack: "dev" });
        expect(values[`multiarch:${key}`]).toBe("word");
    });

    it("marks a key secret that holds an encrypted value anywhere", () => {
        const images = [{ ...minimal.images[0], buildArgs: { TOKEN: { secure: "v1:A:B" } } }];
        const root = stackFolder({ ...minimal, images });
        const { secretKeys, values } = readStackConfig({ root, stack: "dev" });
        expect(secretKeys).toEqual(["multiarch:images"]);
        expect(values["multiarch:images"]).toContain('{"TOKEN":"<secret multiarch:images>"}');
    });

    it("lists the stacks there are for one that has no file", () => {
        const root = stackFolder(minimal, "prod");
        expect(() => readStackConfig({ root, stack: "dev" })).toThrow(
            new UsageError(
                "Pulumi.dev.yaml does not exist: --stack takes one of prod, --config-file the path of a stack's file.",
            ),
        );
    });
});
