import { parseGraph, parsePlan } from "../../../cli/plan/arguments";
import { UsageError } from "../../../config/usageError";

describe("parsePlan", () => {
    it("means tree and order of the stack dev, on the terminal, when nothing is said", () => {
        expect(parsePlan([])).toEqual({
            stack: "dev",
            configFile: undefined,
            diff: undefined,
            exitCode: false,
            output: "tree",
            json: false,
            out: undefined,
        });
    });

    it("takes a value as a word of its own or after an equals sign", () => {
        expect(
            parsePlan([
                ...["--stack", "prod", "--config-file=a=b.yaml", "--diff", "main~1"],
                ...["--exit-code", "--output", "yaml", "--out=plan.yaml"],
            ]),
        ).toEqual({
            stack: "prod",
            configFile: "a=b.yaml",
            diff: "main~1",
            exitCode: true,
            output: "yaml",
            json: false,
            out: "plan.yaml",
        });
    });

    it("compares manifests too, when nothing else is said", () => {
        expect(parsePlan(["--diff", "main"]).output).toBe("all");
        expect(parsePlan(["--diff", "main", "--output", "tree"]).output).toBe("tree");
    });

    it.each([
        [
            ["--stak", "dev"],
            'unknown argument "--stak": expected --stack NAME, --config-file FILE, --diff REF, --exit-code, --output tree|yaml|all, --json, --out FILE.',
        ],
        [
            ["dev"],
            'unknown argument "dev": expected --stack NAME, --config-file FILE, --diff REF, --exit-code, --output tree|yaml|all, --json, --out FILE.',
        ],
        [["--output", "json"], "--output json: expected one of tree, yaml, all."],
        [["--stack"], "--stack: needs a value, --stack NAME."],
        [["--diff", "--out", "x"], "--diff: needs a value, --diff REF."],
        [["--stack", "a", "--stack", "b"], "--stack: given twice."],
        [["--diff", "main", "--exit-code=1"], "--exit-code: takes no value."],
        [
            ["--json", "--diff", "main"],
            "--json: goes without --diff and --output; it has everything.",
        ],
        [["--exit-code"], "--exit-code: goes with --diff REF."],
    ])("refuses %j and says what is accepted", (words, message) => {
        expect(() => parsePlan(words)).toThrow(new UsageError(message));
    });
});

describe("parseGraph", () => {
    it("takes the document to check", () => {
        expect(parseGraph(["--check", "README.md"])).toEqual({
            stack: "dev",
            configFile: undefined,
            check: "README.md",
            write: undefined,
        });
    });

    it("refuses to check and write at once", () => {
        expect(() => parseGraph(["--check", "a", "--write", "a"])).toThrow(
            new UsageError("--check and --write: expected one of them, not both."),
        );
    });

    it("refuses what only the plan takes", () => {
        expect(() => parseGraph(["--output", "tree"])).toThrow(
            new UsageError(
                'unknown argument "--output": expected --stack NAME, --config-file FILE, --check FILE, --write FILE.',
            ),
        );
    });
});
