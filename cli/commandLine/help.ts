/** What `--help` says of a command. */
export interface Help {
    /** Name of the npm script, which errors begin with. */
    readonly name: string;
    /** What it does, in one or two sentences. */
    readonly what: string;
    /** How it is called, one line for each way. */
    readonly usage: readonly string[];
    /** Each option as it is written, and what it means. `--help` is added. */
    readonly options: readonly (readonly [string, string])[];
    /** What exit code 1 means; 0 and 2 mean the same everywhere. */
    readonly failure: string;
}

/** The text of `--help`: at most 120 characters in a line as long as the descriptions are short. */
export function helpText({ what, usage, options, failure }: Help): string {
    const rows = [...options, ["--help, -h", "show this text"] as const];
    const width = Math.max(...rows.map(([option]) => option.length)) + 2;
    return [
        what,
        "",
        "Usage:",
        ...usage.map((line) => `  ${line}`),
        "",
        "Options:",
        ...rows.map(([option, meaning]) => `  ${option.padEnd(width)}${meaning}`),
        "",
        "Exit codes:",
        "  0  done",
        `  1  ${failure}`,
        "  2  the request cannot be followed as it is: an unknown option, a missing value, a file that is not there",
        "",
    ].join("\n");
}

/** Whether the words ask for help; what follows `--` does not. */
export function asksForHelp(words: readonly string[]): boolean {
    const end = words.indexOf("--");
    const own = end < 0 ? words : words.slice(0, end);
    return own.includes("--help") || own.includes("-h");
}
