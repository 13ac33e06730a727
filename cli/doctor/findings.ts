/** What was found of one thing that an update needs. */
export interface Finding {
    /** What was looked for, e.g. `Git`. */
    readonly what: string;
    readonly state: "fine" | "missing" | "unknown";
    /** What is there, or why it could not be found out. */
    readonly found: string;
    /** The command that mends it. */
    readonly mend?: string;
}

/** The findings as a table, each that is not fine with the command that mends it. */
export function findingsText(findings: readonly Finding[]): string {
    const width = Math.max(...findings.map(({ what }) => what.length)) + 2;
    return findings
        .flatMap(({ what, state, found, mend }) => [
            `${state.padEnd(9)}${what.padEnd(width)}${found}`,
            ...(mend === undefined || state === "fine"
                ? []
                : [`${" ".repeat(9 + width)}next: ${mend}`]),
        ])
        .map((line) => `${line}\n`)
        .join("");
}
