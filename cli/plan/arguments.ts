import { UsageError } from "../../config/usageError";
import { readWords } from "../commandLine/words";
import { type Output, OUTPUTS } from "./planText";

const STACK = { "--stack": "NAME", "--config-file": "FILE" } as const;
const PLAN = {
    ...STACK,
    "--diff": "REF",
    "--exit-code": undefined,
    "--output": OUTPUTS.join("|"),
    "--json": undefined,
    "--out": "FILE",
} as const;
const GRAPH = { ...STACK, "--check": "FILE", "--write": "FILE" } as const;

/** Which stack is meant. */
interface StackRequest {
    readonly stack: string;
    readonly configFile: string | undefined;
}

/** What `npm run plan` is asked for. */
export interface PlanRequest extends StackRequest {
    /** Git revision whose plan is compared with this checkout's. */
    readonly diff: string | undefined;
    /** Whether a difference is a failure. */
    readonly exitCode: boolean;
    readonly output: Output;
    /** Whether a machine reads it. */
    readonly json: boolean;
    /** File for the text, in place of the terminal. */
    readonly out: string | undefined;
}

/** What `npm run graph` is asked for. */
export interface GraphRequest extends StackRequest {
    readonly check: string | undefined;
    readonly write: string | undefined;
}

/** Reads the words after `npm run plan --`. */
export function parsePlan(words: readonly string[]): PlanRequest {
    const given = readWords(words, PLAN);
    // A difference in a manifest is what a comparison is for.
    const output = given.get("--output") ?? (given.has("--diff") ? "all" : "tree");
    const known = OUTPUTS.find((one) => one === output);
    if (known === undefined) {
        throw new UsageError(`--output ${output}: expected one of ${OUTPUTS.join(", ")}.`);
    }
    if (given.has("--exit-code") && !given.has("--diff")) {
        throw new UsageError("--exit-code: goes with --diff REF.");
    }
    if (given.has("--json") && (given.has("--diff") || given.has("--output"))) {
        throw new UsageError("--json: goes without --diff and --output; it has everything.");
    }
    return {
        ...stackOf(given),
        diff: given.get("--diff"),
        exitCode: given.has("--exit-code"),
        output: known,
        json: given.has("--json"),
        out: given.get("--out"),
    };
}

/** Reads the words after `npm run graph --`. */
export function parseGraph(words: readonly string[]): GraphRequest {
    const given = readWords(words, GRAPH);
    if (given.has("--check") && given.has("--write")) {
        throw new UsageError("--check and --write: expected one of them, not both.");
    }
    return { ...stackOf(given), check: given.get("--check"), write: given.get("--write") };
}

function stackOf(given: ReadonlyMap<string, string>): StackRequest {
    return { stack: given.get("--stack") ?? "dev", configFile: given.get("--config-file") };
}
