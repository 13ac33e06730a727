import { appendFileSync } from "node:fs";

/** What happened when a fault struck, for the table. */
export interface FaultRow {
    readonly fault: string;
    /** What the user saw: the words that matter. */
    readonly saw: string;
    /** Seconds that the update after the fault took. */
    readonly seconds: number;
    /** How things stood afterwards. */
    readonly after: string;
}

/** Adds a row to the table that `npm run test:faults` prints. */
export function report(row: FaultRow): void {
    const file = process.env["MULTIARCH_FAULTS_REPORT"];
    if (file !== undefined) {
        appendFileSync(file, `${JSON.stringify(row)}\n`);
    }
}

/** The first words of a text that match: what the user saw. */
export function words(text: string, pattern: RegExp): string {
    return pattern.exec(text)?.[0].replace(/\s+/g, " ").trim() ?? "";
}
