import { type Output, OUTPUTS } from "./planText";
import { UsageError } from "../../config/usageError";

/** Flags with a value, by name, and what the value is called. */
type Flags = Readonly<Record<string, string | undefined>>;

const STACK = { "--stack": "NAME", "--config-file": "FILE" } as const;
const PLAN = {
    ...STACK,
    "--diff": "REF",
    "--exit-code": undefined,
    "--output": OUTPUTS.join("|"),
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
    const given = read(words, PLAN);
    const output = given.get("--output") ?? "all";
    const known = OUTPUTS.find((one) => one === output);
    if (known === undefined) {
        throw new UsageError(`--output ${output}: expected one of ${OUTPUTS.join(", ")}.`);
    }
    if (given.has("--exit-code") && !given.has("--diff")) {
        throw new UsageError("--exit-code: goes with --diff REF.");
    }
    return {
        ...stackOf(given),
        diff: given.get("--diff"),
        exitCode: given.has("--exit-code"),
        output: known,
        out: given.get("--out"),
    };
}

/** Reads the words after `npm run graph --`. */
export function parseGraph(words: readonly string[]): GraphRequest {
    const given = read(words, GRAPH);
    if (given.has("--check") && given.has("--write")) {
        throw new UsageError("--check and --write: expected one of them, not both.");
    }
    return { ...stackOf(given), check: given.get("--check"), write: given.get("--write") };
}

function stackOf(given: ReadonlyMap<string, string>): StackRequest {
    return { stack: given.get("--stack") ?? "dev", configFile: given.get("--config-file") };
}

/** The flags that are given, as `--flag VALUE` or `--flag=VALUE`; one without a value has an empty one. */
function read(words: readonly string[], flags: Flags): Map<string, string> {
    const given = new Map<string, string>();
    const rest = [...words];
    for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
        const [flag = "", inline] = word.startsWith("--") ? split(word) : [word];
        if (!(flag in flags)) {
            throw new UsageError(
                `unknown argument ${JSON.stringify(flag)}: expected ${list(flags)}.`,
            );
        }
        if (given.has(flag)) {
            throw new UsageError(`${flag}: given twice.`);
        }
        const placeholder = flags[flag];
        if (placeholder === undefined && inline !== undefined) {
            throw new UsageError(`${flag}: takes no value.`);
        }
        const value = placeholder === undefined ? "" : (inline ?? rest.shift() ?? "");
        if (placeholder !== undefined && (value === "" || value.startsWith("-"))) {
            throw new UsageError(`${flag}: needs a value, ${flag} ${placeholder}.`);
        }
        given.set(flag, value);
    }
    return given;
}

function split(word: string): [string, string | undefined] {
    const at = word.indexOf("=");
    return at < 0 ? [word, undefined] : [word.slice(0, at), word.slice(at + 1)];
}

function list(flags: Flags): string {
    return Object.entries(flags)
        .map(([flag, placeholder]) => (placeholder === undefined ? flag : `${flag} ${placeholder}`))
        .join(", ");
}
