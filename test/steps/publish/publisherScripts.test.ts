import { identityOf } from "../../../components/identity";
import { programNames, publisherScripts } from "../../../steps/publish/publisherScripts";

describe("the publisher's programs", () => {
    // Whoever changes a program decides here: is what it leaves in the registry another thing (then give it another name, and
    // every image is published again), or not (then only this line changes)?
    it.each([
        [
            "regctl",
            "d4cf9042977f7a98d81d72345c926643f1a7faae",
            "0b29f11f9b546660d9e10169961d4fe04d7102be",
        ],
        [
            "buildah",
            "32d318727a977928853da53f99a872815f1beb70",
            "f6cad612c15b2a725e051e0d0b6405bc053790a1",
        ],
    ] as const)(
        "have a name that outlives what changes nothing in the registry: %s",
        (tool, name, text) => {
            expect(programNames[tool]).toBe(name);
            expect(identityOf({ program: publisherScripts[tool] })).toBe(text);
        },
    );

    it("look into an image before its architecture counts as transferred", () => {
        for (const program of Object.values(publisherScripts)) {
            expect(program.match(/^ +check_contents "\S+" "\S+"$/gm)).toHaveLength(1);
        }
    });

    it("fit into a ConfigMap many times over", () => {
        for (const program of Object.values(publisherScripts)) {
            expect(Buffer.byteLength(program)).toBeLessThan(64 * 1024);
        }
    });
});
