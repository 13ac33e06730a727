import { lastThatFit, printable } from "./printable";

const TAIL_BYTES = 10 * 1024;
const SENTENCE_CHARACTERS = 1200;

/** What a failure says: first the fact, then what helps to put it right. */
export interface FailureDetails {
    /** One sentence: what failed, of which image. */
    headline: string;
    /** Further facts, one sentence each. */
    facts?: readonly string[];
    /** The last lines of a log, already printable. */
    tail?: readonly string[];
    /** The file that holds the whole log. */
    logFile?: string | undefined;
    /** What to do, or the commands that show more. */
    next: readonly string[];
}

/** An expected failure: its message is all that a person needs, a stack trace would not help. */
export class Failure extends Error {
    override readonly name = "Failure";

    constructor(details: FailureDetails, options?: ErrorOptions) {
        super(failureText(details), options);
    }
}

/** The text of a failure, under 16 KB whatever went into it. */
export function failureText(details: FailureDetails): string {
    const sentence = (text: string) => printable(text, SENTENCE_CHARACTERS);
    const lines = [sentence(details.headline)];
    lines.push(...(details.facts ?? []).slice(0, 3).map(sentence));
    const tail = lastThatFit(details.tail ?? [], TAIL_BYTES);
    if (tail.length > 0) {
        lines.push("The last lines of its log:", ...tail.map((line) => `  | ${line}`));
    }
    if (details.logFile !== undefined) {
        lines.push(`Whole log: ${printable(details.logFile, 300)}`);
    }
    lines.push(...details.next.slice(0, 4).map((text) => `Next: ${printable(text, 300)}`));
    return lines.join("\n");
}
