import { spawnSync } from "node:child_process";

import { expandWord } from "../../../checks/source/expandWord";

const values = {
    T: "1",
    D: "dd",
    TT: "a-b-c",
    TARGETPLATFORM: "linux/arm64",
    BUILDARCH: "arm64",
};
const program = process.env["DOCKERFILE_BASES"];

const words: [string, string][] = [
    ["base", "base"],
    ['base:"${T}"', "base:1"],
    ['"base:$T"', "base:1"],
    ['"base":"$T"', "base:1"],
    ["'P'", "P"],
    ["'$T'x", "$Tx"],
    ["a'b'c", "abc"],
    ["base\\:$T", "base:1"],
    ["${M:-${D}}", "dd"],
    ["${M:-a-${T}-b}", "a-1-b"],
    ["${M:-${N:-${D}}}", "dd"],
    ['base:${M:-"q"}', "base:q"],
    ["base:${T:+y}", "base:y"],
    ["base${M:+y}", "base"],
    ["base:${T:?no}", "base:1"],
    ["base:${TARGETPLATFORM#linux/}", "base:arm64"],
    ["base:${TT#*-}", "base:b-c"],
    ["base:${TT##*-}", "base:c"],
    ["base:${TT%-*}", "base:a-b"],
    ["base:${TT%%-*}", "base:a"],
    ["base:${TT%?c}", "base:a-b"],
    ["base:${TT#x}", "base:a-b-c"],
    ["base:${TT/-/_}", "base:a_b-c"],
    ["base:${TT//-/_}", "base:a_b_c"],
    ["base-${BUILDARCH}", "base-arm64"],
    ["a$M", "a"],
];

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

    // github.com/openshift/imagebuilder itself, built by .ci/programs/imagebuilder, where CI names it.
    const named = program === undefined ? [] : [program];
    it.each(named)("says the same as %s", (path) => {
        const { TARGETPLATFORM, BUILDARCH, ...args } = values;
        const requests = words.map(([text]) => ({
            dockerfile: `ARG T=1\nARG M\nARG D=dd\nARG TT=a-b-c\nFROM ${text}\n`,
            args,
            builtin: { TARGETPLATFORM, BUILDARCH },
        }));
        const { stdout } = spawnSync(path, {
            input: requests.map((request) => JSON.stringify(request)).join("\n"),
            encoding: "utf8",
        });
        const answers = stdout
            .trim()
            .split("\n")
            .map((line) => JSON.parse(line) as { stages: { image: string }[] });
        expect(answers.map(({ stages }) => stages[0]?.image)).toEqual(
            words.map(([, expected]) => expected),
        );
    });
});
