import { readArguments } from "../../bench/arguments";

describe("readArguments", () => {
    it("measures every case five times unless told otherwise", () => {
        const { cases, draw } = readArguments([]);
        expect(cases.map(({ name, rounds }) => `${name}=${rounds}`)).toEqual([
            "one=5",
            "layer-5=5",
            "layer-100=5",
            "layer-500=5",
            "noop-1=5",
            "fleet=5",
            "one-of-13=5",
            "noop-13=5",
        ]);
        expect(draw).toBe(false);
    });

    it("takes cases, in their own order, with rounds for each", () => {
        const args = ["--cases", "noop,fleet,one", "--rounds", "7,fleet=3,noop=2"];
        expect(readArguments(args).cases).toEqual([
            { name: "one", rounds: 7 },
            { name: "noop-1", rounds: 2 },
            { name: "fleet", rounds: 3 },
            { name: "noop-13", rounds: 2 },
        ]);
    });

    it("measures the small cases once with --quick", () => {
        expect(readArguments(["--quick"]).cases).toEqual([
            { name: "one", rounds: 1 },
            { name: "layer-5", rounds: 1 },
            { name: "noop-1", rounds: 1 },
        ]);
    });

    it.each([
        [["--cases", "two"], 'there is no case "two".'],
        [["--rounds", "0"], "--rounds 0: expected N or NAME=N."],
        [["--rounds", "two=1"], 'there is no case "two".'],
        [["--slow"], "Unknown option '--slow'."],
    ])("refuses %j and says how to use it", (args, message) => {
        expect(() => readArguments(args)).toThrow(`${message}\nnpm run bench -- [--cases`);
    });
});
