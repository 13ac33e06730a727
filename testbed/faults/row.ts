import { appendFileSync } from "node:fs";

import { type Row } from "./results";

/** Adds a row to the table that `npm run faults` prints. */
export function report(row: Omit<Row, "test">): void {
    const file = process.env["MULTIARCH_FAULTS_REPORT"];
    if (file !== undefined) {
        const test = expect.getState().currentTestName ?? "";
        appendFileSync(file, `${JSON.stringify({ test, ...row })}\n`);
    }
}

/** The first words of a text that match: what the user saw. */
export function words(text: string, pattern: RegExp): string {
    return pattern.exec(text)?.[0].replace(/\s+/g, " ").trim() ?? "";
}
