import { spawnSync } from "node:child_process";
import fc from "fast-check";

import { isCommit, isGitRef } from "../../config/gitRef";

function gitAccepts(ref: string): boolean {
    return spawnSync("git", ["check-ref-format", "--allow-onelevel", ref]).status === 0;
}

describe("a Git ref", () => {
    it("is never an option, whatever follows the dash", () => {
        fc.assert(
            fc.property(fc.string(), (text) => {
                expect(isGitRef(`-${text}`)).toBe(false);
            }),
        );
        expect(isGitRef("--upload-pack=x")).toBe(false);
    });

    it("never has a character in it that means something in a revision, or white space", () => {
        const bad = fc.constantFrom(..." \t\n\0\u007f~^:?*[\\".split(""));
        fc.assert(
            fc.property(fc.string(), bad, fc.string(), (before, character, after) => {
                expect(isGitRef(before + character + after)).toBe(false);
            }),
        );
    });

    it("is what git check-ref-format accepts, options and commit IDs apart", () => {
        const piece = fc.constantFrom(
            "a",
            "é",
            "/",
            ".",
            "..",
            "@",
            "{",
            "-",
            ".lock",
            "~",
            "\\",
            " ",
        );
        const ref = fc.string({ unit: piece, minLength: 1, maxLength: 6 });
        fc.assert(
            fc.property(ref, (text) => {
                fc.pre(!text.startsWith("-"));
                expect(isGitRef(text)).toBe(gitAccepts(text));
            }),
            { numRuns: 60 },
        );
    });

    it.each([
        ["main", true],
        ["feature/phase2_services", true],
        ["refs/heads/main", true],
        ["v0.1.0", true],
        ["HEAD", true],
        ["", false],
        ["@", false],
        ["/main", false],
        ["main/", false],
        ["a//b", false],
        ["a..b", false],
        [".a", false],
        ["a/.b", false],
        ["a.lock/b", false],
        ["a.", false],
        ["main@{1}", false],
        ["0123456789abcdef0123456789abcdef01234567", false],
    ])("is %j: %j", (text, expected) => {
        expect(isGitRef(text)).toBe(expected);
    });
});

describe("a commit", () => {
    it("is 40 lower-case hexadecimal digits and nothing else", () => {
        const good = "0123456789abcdef0123456789abcdef01234567";
        const bad = [
            good.slice(1),
            `${good}0`,
            good.toUpperCase(),
            `${good}\n`,
            `-${good.slice(1)}`,
        ];
        expect([good, ...bad].map(isCommit)).toEqual([true, false, false, false, false, false]);
    });
});
