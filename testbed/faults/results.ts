import { basename } from "node:path";

import { z } from "zod";

/** What happened when a fault struck, for the table. */
const Row = z.object({
    /** The test that injected it, by its full name. */
    test: z.string(),
    fault: z.string(),
    /** What the user saw: the words that matter. */
    saw: z.string(),
    /** Seconds that the update after the fault took. */
    seconds: z.number(),
    /** How things stood afterwards. */
    after: z.string(),
});
export type Row = z.infer<typeof Row>;

const Result = z.object({
    /** The test's full name; a file's name where not even its tests could be found. */
    test: z.string(),
    passed: z.boolean(),
    /** The day, in UTC, and the commit that it ran on. */
    day: z.string(),
    commit: z.string(),
    rows: z.array(Row),
});

/** What one test came to when it last ran. */
export type Result = z.infer<typeof Result>;

/** What is kept between runs, so that `--failed` runs only what has not passed. */
export const Results = z.array(Result);

/** The part of jest's report that is read. */
export const Report = z.object({
    testResults: z.array(
        z.object({
            name: z.string(),
            assertionResults: z.array(
                z.object({
                    fullName: z.string(),
                    status: z.string(),
                    failureMessages: z.array(z.string()).optional(),
                }),
            ),
        }),
    ),
});

/** The rows that tests have written, one JSON object a line. */
export function rowsIn(lines: string): Row[] {
    return lines
        .split("\n")
        .filter(Boolean)
        .map((line) => Row.parse(JSON.parse(line)));
}

/**
 * What the tests of a report came to, without those that were left out. A test that passed and wrote no row is a
 * failure: nothing was injected.
 */
export function resultsIn(
    { testResults }: z.infer<typeof Report>,
    rows: readonly Row[],
    run: Pick<Result, "day" | "commit">,
): Result[] {
    return testResults.flatMap(({ name, assertionResults }) =>
        assertionResults.length === 0
            ? [{ test: basename(name), passed: false, rows: [], ...run }]
            : assertionResults
                  .filter(({ status }) => status !== "pending")
                  .map(({ fullName, status }) => {
                      const own = rows.filter(({ test }) => test === fullName);
                      const passed = status === "passed" && own.length > 0;
                      return { test: fullName, passed, rows: own, ...run };
                  }),
    );
}

/** The names of a report's tests, those that were left out too. */
export function testsIn({ testResults }: z.infer<typeof Report>): string[] {
    return testResults.flatMap(({ assertionResults }) =>
        assertionResults.map(({ fullName }) => fullName),
    );
}

/**
 * The results of an earlier run with those of a later one in their place: of the tests that there are (`known`), and
 * as not passed where one never ran.
 */
export function merged(
    earlier: readonly Result[],
    later: readonly Result[],
    known: readonly string[],
    run: Pick<Result, "day" | "commit">,
): Result[] {
    const results = new Map([...earlier, ...later].map((it) => [it.test, it] as const));
    return known.map((test) => results.get(test) ?? { test, passed: false, rows: [], ...run });
}

/** A pattern for jest that takes exactly the tests that have not passed. */
export function notPassed(results: readonly Result[]): string | undefined {
    const names = results.filter(({ passed }) => !passed).map(({ test }) => test);
    return names.length === 0 ? undefined : `^(?:${names.map(escaped).join("|")})$`;
}

/** A test's name as a pattern for jest that takes it as it is. */
export function escaped(name: string): string {
    return name.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
}
