import { parseStackYaml } from "../../config/stackYaml";

describe("YAML is read as Pulumi 3.260 reads it:", () => {
    it.each([
        ["2024-01-02", "2024-01-02 00:00:00 +0000 UTC"],
        ["2024-1-2", "2024-01-02 00:00:00 +0000 UTC"],
        ["2024-01-02T03:04:05Z", "2024-01-02 03:04:05 +0000 UTC"],
        ['"2024-01-02"', "2024-01-02"],
        ["2024-02-31", "2024-02-31"],
        ["12:30:45", "12:30:45"],
        ["1.10", 1.1],
        ["0x1F", 31],
        ["0o17", 15],
        ["0777", 511],
        ["0b11", 3],
        ["1_000", 1000],
        ["1e3", 1000],
        ["+5", 5],
        ["yes", "yes"],
        ["on", "on"],
        ["True", true],
        ["~", null],
        ["null", null],
        ["!!str 5", "5"],
    ])("%s is %j", (text, value) => {
        expect(parseStackYaml(`a: [${text}]`)).toEqual({ a: [value] });
    });

    it.each([
        ["b: &b {x: 1, y: 2}\na: {<<: *b, y: 3}", { x: 1, y: 3 }],
        ["b: &b {x: 1}\nc: &c {x: 2, y: 2}\na: {<<: [*b, *c]}", { x: 1, y: 2 }],
        ["a: {<<: {x: 1}, y: 2}", { x: 1, y: 2 }],
        ["b: &b [1]\na: {x: *b}", { x: [1] }],
    ])("%j merges", (text, value) => {
        expect(parseStackYaml(text)).toMatchObject({ a: value });
    });

    it("refuses what is no YAML, and reads a file that begins with a byte order mark", () => {
        expect(() => parseStackYaml("a: [")).toThrow("Flow sequence");
        expect(parseStackYaml("\uFEFFa: 1")).toEqual({ a: 1 });
    });
});
