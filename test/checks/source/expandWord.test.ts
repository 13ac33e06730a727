import { expandWord } from "../../../checks/source/expandWord";
import { values, words } from "./words";

describe("expandWord", () => {
    it.each(words)("makes of %s what OpenShift's builder makes of it: %s", (text, expected) => {
        expect(expandWord(text, new Map(Object.entries(values)))).toBe(expected);
    });

    it.each([
        ["${T", "${T"],
        ["$", "$"],
        ["a'b", "a'b"],
        ["${}", "${}"],
    ])("takes %s as it is, which is not closed or names nothing", (text, expected) => {
        expect(expandWord(text, new Map(Object.entries(values)))).toBe(expected);
    });

    it("takes a pattern of many stars in no time", () => {
        const given = new Map([["A", "a".repeat(2_000)]]);
        const began = performance.now();
        expect(expandWord(`\${A#${"*a".repeat(20)}b}`, given)).toBe("a".repeat(2_000));
        expect(performance.now() - began).toBeLessThan(5_000);
    });
});
