import { UsageError } from "../../../config/usageError";
import { parsePromote } from "../../../cli/promotion/arguments";

const digest = `sha256:${"1".repeat(64)}`;

describe("parsePromote", () => {
    it("reads everything", () => {
        const words = "--from org/multiarch/dev --to staging --image api --image api --digest";

        expect(
            parsePromote([...words.split(" "), digest, "--yes", "--commit", "--config-dir=stacks"]),
        ).toEqual({
            from: "org/multiarch/dev",
            to: "staging",
            images: ["api"],
            digest,
            toPrevious: false,
            yes: true,
            dryRun: false,
            commit: true,
            configDir: "stacks",
            configFile: undefined,
        });
    });

    it("needs no source to go back", () => {
        expect(parsePromote(["--to", "prod", "--to-previous"])).toMatchObject({
            from: undefined,
            toPrevious: true,
        });
    });

    it.each([
        ["", "expected --from STACK and --to STACK."],
        ["--from dev", "expected --from STACK and --to STACK."],
        ["--to staging", "expected --from STACK and --to STACK."],
        ["--from dev --to dev", "--from and --to: both are dev: expected two stacks."],
        ["--from dev --to ../x", '"../x": expected a stack, NAME or ORGANIZATION/PROJECT/NAME.'],
        ["--from=--yes --to x", '"--yes": expected a stack, NAME or ORGANIZATION/PROJECT/NAME.'],
        ["--from dev --to x --digest latest --image a", "--digest latest: expected sha256: and 64"],
        [`--from dev --to x --digest ${digest}`, "--digest: goes with exactly one --image NAME."],
        [
            `--to x --to-previous --image a --digest ${digest}`,
            "--digest and --to-previous: expected one of them, not both.",
        ],
        [
            "--from dev --to x --dry-run --yes",
            "--dry-run: writes nothing, so it goes without --yes and --commit.",
        ],
        ["--from dev --to x --force", "Unknown option '--force'."],
        ["--from dev --to x y", "Unexpected argument 'y'"],
    ])("refuses %j", (words, message) => {
        const parse = () => parsePromote(words.split(" ").filter(Boolean));

        expect(parse).toThrow(UsageError);
        expect(parse).toThrow(message);
    });
});
