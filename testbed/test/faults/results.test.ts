import { merged, notPassed, resultsIn, rowsIn, testsIn } from "../../faults/results";

const run = { day: "2026-11-22", commit: "abc1234" };
const row = (test: string) => ({ test, fault: "a fault", saw: "words", seconds: 3, after: "well" });
const result = (test: string, passed: boolean) => ({ test, passed, rows: [], ...run });
const report = (...assertionResults: { fullName: string; status: string }[]) => ({
    testResults: [{ name: "/repo/test/faults/nodes.test.ts", assertionResults }],
});

describe("the results of injected faults", () => {
    it("give a test that passed its own rows", () => {
        const rows = [row("one"), row("other"), row("one")];
        expect(resultsIn(report({ fullName: "one", status: "passed" }), rows, run)).toEqual([
            { test: "one", passed: true, rows: [row("one"), row("one")], ...run },
        ]);
    });

    it("count a test that passed without a row as failed: it injected nothing", () => {
        expect(resultsIn(report({ fullName: "one", status: "passed" }), [], run)).toEqual([
            result("one", false),
        ]);
    });

    it("leave out tests that were not chosen", () => {
        expect(resultsIn(report({ fullName: "one", status: "pending" }), [], run)).toEqual([]);
    });

    it("count a file whose tests could not be found as failed", () => {
        expect(resultsIn(report(), [], run)).toEqual([result("nodes.test.ts", false)]);
    });

    it("replace those of an earlier run, test by test", () => {
        const earlier = [result("one", false), result("other", true)];
        expect(merged(earlier, [result("one", true)], ["one", "other"], run)).toEqual([
            result("one", true),
            result("other", true),
        ]);
    });

    it("are those of the tests that there are: not passed when new, gone when renamed", () => {
        const all = { ...report({ fullName: "new", status: "pending" }) };
        expect(merged([result("old", true)], [], testsIn(all), run)).toEqual([
            result("new", false),
        ]);
    });

    it("are read from one JSON object a line", () => {
        const line = JSON.stringify(row("one"));
        expect(rowsIn(`${line}\n${line}\n`)).toEqual([row("one"), row("one")]);
        expect(() => rowsIn('{"test":"one"}\n')).toThrow("fault");
    });
});

describe("the pattern of what has not passed", () => {
    it("takes exactly those tests", () => {
        const names = ["a (b) c", "a (b) c d", "dropped 50% of it. Again?"];
        const pattern = notPassed([
            result("a (b) c", false),
            result("a (b) c d", true),
            result("dropped 50% of it. Again?", false),
        ]);
        expect(names.filter((name) => new RegExp(pattern ?? "").test(name))).toEqual([
            "a (b) c",
            "dropped 50% of it. Again?",
        ]);
    });

    it("is absent when all have passed", () => {
        expect(notPassed([result("one", true)])).toBeUndefined();
    });
});
