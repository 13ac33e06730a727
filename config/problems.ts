import { z } from "zod";

import { redactUrl } from "./gitUrl";
import { isKubeconfigText } from "./kubeconfigText";
import { suggestion } from "./suggestion";

/** Longest value that is shown in full. */
const shownLength = 200;

/** Settings whose values, though not secret by themselves, are where people put secrets. */
const unshown = new Set(["buildArgs", "env", "args", "content"]);

/** What is wrong with one setting. */
export interface Problem {
    /** Key of the setting, e.g. `multiarch:images[1].tags[0]`. */
    readonly key: string;
    /** What it is, e.g. `is "a b"`. */
    readonly is: string;
    /** What it should be. */
    readonly accepted: string;
}

/** Settings as they were given, as far as an error message may show them. */
export interface Shown {
    /** Name of the configuration, e.g. `multiarch`. */
    readonly name: string;
    /** The settings, by top-level key. */
    readonly values: Readonly<Record<string, unknown>>;
    /** Top-level keys of which no value may be shown. */
    readonly hidden: ReadonlySet<string>;
    /** Top-level keys of secrets, for which the value is a word about how they are set. */
    readonly secrets: ReadonlySet<string>;
}

/** Turns what zod found into problems. */
export function problemsOf(issues: readonly z.core.$ZodIssue[], shown: Shown): Problem[] {
    return issues.flatMap((issue) => {
        const accepted = issue.message;
        if (issue.code === "unrecognized_keys") {
            return issue.keys.map((name) => ({
                key: formatKey(shown.name, [...issue.path, name]),
                is: "is not a setting",
                accepted: withSuggestion(accepted, name),
            }));
        }
        const value = issue.code === "invalid_value" ? valueAt(issue.path, shown.values) : "";
        return [
            {
                key: formatKey(shown.name, issue.path),
                is: describe(issue.path, shown),
                accepted: typeof value === "string" ? withSuggestion(accepted, value) : accepted,
            },
        ];
    });
}

/** All problems as one message that ends with what to type next. */
export function formatProblems(
    problems: readonly Problem[],
    name: string,
    stack: string,
    secrets: ReadonlySet<string>,
): string {
    const lines = problems.map(({ key, is, accepted }) => `  ${key} ${is}: expected ${accepted}`);
    const keys = new Set(problems.map(({ key }) => key));
    const commands = [...secrets]
        .map((secret) => `${name}:${secret}`)
        .filter((key) => keys.delete(key))
        .map((key) => `  pulumi config set --secret ${key} --stack ${stack}`);
    const edit =
        keys.size > 0
            ? [`  edit Pulumi.${stack}.yaml, then run: pulumi preview --stack ${stack}`]
            : [];
    const count = problems.length === 1 ? "a problem" : `${problems.length} problems`;
    return [
        `The configuration of stack ${stack} has ${count}:`,
        ...lines,
        "Next:",
        ...commands,
        ...edit,
    ].join("\n");
}

function formatKey(name: string, path: readonly PropertyKey[]): string {
    const [first = "", ...rest] = path;
    const steps = rest.map((step) => {
        if (typeof step === "number") {
            return `[${step}]`;
        }
        const word = String(step);
        return /^[A-Za-z_][\w-]*$/.test(word) ? `.${word}` : `[${JSON.stringify(word)}]`;
    });
    return `${name}:${String(first)}${steps.join("")}`;
}

/** `one of a, b`, and which of them was meant by `word`, if one is near enough. */
function withSuggestion(accepted: string, word: string): string {
    const known = accepted.startsWith("one of ")
        ? accepted.slice("one of ".length).split(", ")
        : [];
    const meant = suggestion(word, known);
    return meant === undefined ? accepted : `${accepted}; did you mean ${meant}?`;
}

/** Only what a section has itself: `__proto__` and `constructor` are no keys of it. */
function valueAt(path: readonly PropertyKey[], values: unknown): unknown {
    return path.reduce<unknown>(
        (parent, step) =>
            typeof parent === "object" && parent !== null && Object.hasOwn(parent, step)
                ? (parent as Record<PropertyKey, unknown>)[step]
                : undefined,
        values,
    );
}

function describe(path: readonly PropertyKey[], { values, hidden, secrets }: Shown): string {
    const value = valueAt(path, values);
    if (value === undefined) {
        return "is not set";
    }
    const top = String(path[0]);
    if (secrets.has(top)) {
        return `is ${value as string}`;
    }
    if (value !== null && typeof value === "object") {
        const count = Array.isArray(value) ? value.length : undefined;
        return count === undefined
            ? "is a section"
            : count === 0
              ? "is empty"
              : `is a list of ${count}`;
    }
    const isPacked =
        path.at(-1) === "kubeconfig" && typeof value === "string" && isKubeconfigText(value);
    if (isPacked || hidden.has(top) || path.some((step) => unshown.has(String(step)))) {
        return `is set (${typeof value}, not shown)`;
    }
    return `is ${show(value, path.at(-1) === "url")}`;
}

function show(value: unknown, isUrl: boolean): string {
    const safe =
        typeof value === "string" && (isUrl || value.includes("://")) ? redactUrl(value) : value;
    const json = JSON.stringify(safe);
    return json.length > shownLength ? `${json.slice(0, shownLength)}…` : json;
}
