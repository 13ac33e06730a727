import * as fc from "fast-check";

import { lastThatFit, printable, shortDigest, shorten } from "../../cluster/printable";

const ESC = String.fromCharCode(0x1b);
const BEL = String.fromCharCode(0x07);

describe("printable", () => {
    it.each([
        ["plain text", "plain text"],
        [`${ESC}[31mred${ESC}[0m`, "red"],
        [`${ESC}]0;a title${BEL}after`, "after"],
        [`${ESC}]8;;http://x${ESC}\\link${ESC}]8;;${ESC}\\`, "link"],
        [`${ESC}[2J${ESC}[Hcleared`, "cleared"],
        [`${ESC}(Bcharset`, "charset"],
        ["a\tb\r\nc", "a b c"],
        ["\u202Eevil\u202C", "evil"],
        ["zero\u200Bwidth\uFEFF", "zerowidth"],
        ["nul\u0000 bell\u0007 c1\u009B31m", "nul bell c131m"],
        ["a\u2028b", "ab"],
        ["half \uD83D pair", "half  pair"],
        ["trailing  ", "trailing"],
        ["größer 🚀", "größer 🚀"],
    ])("shows %j as %j", (text, shown) => {
        expect(printable(text, 100)).toBe(shown);
    });

    it("never shows anything that is not printable, and never more than asked for", () => {
        fc.assert(
            fc.property(
                fc.string({ unit: "binary", maxLength: 300 }),
                fc.integer({ min: 2, max: 80 }),
                (text, limit) => {
                    const shown = printable(text, limit);
                    expect(shown.length).toBeLessThanOrEqual(limit);
                    expect(shown).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
                },
            ),
        );
    });

    it("takes no longer for 10 MB of escape sequences than for the part it looks at", () => {
        const hostile = `${ESC}]`.repeat(5_000_000);
        expect(printable(hostile, 400)).toBe("");
    });
});

describe("shorten", () => {
    it("leaves short text alone", () => {
        expect(shorten("12345", 5)).toBe("12345");
    });

    it("marks what it cut", () => {
        expect(shorten("123456", 5)).toBe("1234…");
    });

    it("does not cut a character in half", () => {
        expect(shorten("abc🚀def", 5)).toBe("abc…");
    });
});

describe("lastThatFit", () => {
    it("keeps the end and counts bytes, not characters", () => {
        expect(lastThatFit(["first", "ää", "end"], 9)).toEqual(["ää", "end"]);
        expect(lastThatFit(["first", "ää", "end"], 8)).toEqual(["end"]);
    });
});

describe("shortDigest", () => {
    it("keeps twelve digits", () => {
        expect(shortDigest(`sha256:${"0123456789abcdef".repeat(4)}`)).toBe("sha256:0123456789ab");
    });
});
