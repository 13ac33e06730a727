import { firstBytes, lastThatFit, printable } from "../../cluster/printable";

// With the progress before it, a failure stays under 16 KB.
const BYTES = 11_500;
const SENTENCE_CHARACTERS = 900;
const LOG_TITLE = "The last lines of its log:";

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

/** The text of a failure, under 12 KB whatever went into it; of the log, the end is kept. */
export function failureText(details: FailureDetails): string {
    const sentence = (text: string) => printable(text, SENTENCE_CHARACTERS);
    const before = [details.headline, ...(details.facts ?? []).slice(0, 3)].map(sentence);
    const after = details.next.slice(0, 4).map((text) => `Next: ${printable(text, 300)}`);
    if (details.logFile !== undefined) {
        after.unshift(`Whole log: ${printable(details.logFile, 300)}`);
    }
    const left = BYTES - Buffer.byteLength([...before, ...after, LOG_TITLE].join("\n")) - 1;
    const tail = (details.tail ?? []).map((line) => `  | ${line}`);
    const log = tail.length === 0 ? [] : [LOG_TITLE, ...lastThatFit(tail, left)];
    return firstBytes([...before, ...log, ...after].join("\n"), BYTES);
}
