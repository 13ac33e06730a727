import { identityOf } from "../../../components/identity";
import { programNames, publisherScripts } from "../../../steps/publish/publisherScripts";

describe("the publisher's programs", () => {
    // Whoever changes a program decides here: is what it leaves in the registry another thing (then give it another name, and
    // every image is published again), or not (then only this line changes)?
    it.each([
        [
            "regctl",
            "d4cf9042977f7a98d81d72345c926643f1a7faae",
            "018a13f847ca3922b53840e937a9dd86d1b217f0",
        ],
        [
            "buildah",
            "32d318727a977928853da53f99a872815f1beb70",
            "07d1bc9e02deac5798e6302d1a69a7bb814d60fc",
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
