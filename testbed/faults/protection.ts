/**
 * Something that tests of faults rely on, and how to take it out of a copy of the repository. What others do cannot be
 * taken out: there the test is changed, and its fault outlasts it.
 */
export interface Protection {
    /** What it is, for docs/reliability.md. */
    readonly name: string;
    /** The tests that must fail without it: for each, words that are in its full name and in no other's. */
    readonly tests: readonly string[];
    /** Those of them that disturb every other test. @default none */
    readonly alone?: readonly string[];
    readonly file: string;
    /** Stands in the file once. */
    readonly from: string;
    readonly to: string;
}
