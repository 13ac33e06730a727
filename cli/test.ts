import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { z } from "zod";

import { endOnClosedPipe } from "./commandLine/closedPipe";
import { asksForHelp, helpText } from "./commandLine/help";

/** The part of jest's report that is counted and shown. */
const Report = z.object({
    numPassedTests: z.number(),
    numFailedTests: z.number(),
    numPendingTests: z.number(),
    numTodoTests: z.number(),
    numRuntimeErrorTestSuites: z.number(),
    testResults: z.array(
        z.object({
            name: z.string(),
            message: z.string(),
            assertionResults: z.array(
                z.object({
                    fullName: z.string(),
                    status: z.string(),
                    failureMessages: z.array(z.string()).default([]),
                }),
            ),
        }),
    ),
});
type Report = z.output<typeof Report>;

const root = join(__dirname, "..");
const USAGE =
    "expected names or parts of test files, or nothing for all of them: npm test -- config";

const help = {
    name: "test",
    what: "Runs the tests that need no cluster; its last line counts those that ran.",
    usage: ["npm test -- [PART OF A TEST FILE'S PATH ...]"],
    options: [],
    failure: "a test failed, or none ran",
} as const;

/** Runs the tests that need no cluster and says what came of them; resolves with the exit code. */
async function test(args: readonly string[]): Promise<number> {
    if (asksForHelp(args)) {
        process.stdout.write(helpText(help));
        return 0;
    }
    const odd = args.find((arg) => arg.startsWith("-"));
    if (odd !== undefined) {
        process.stderr.write(`multiarch: unknown option ${odd}: ${USAGE}\n`);
        return 2;
    }
    const folder = mkdtempSync(join(tmpdir(), "multiarch-tests-"));
    try {
        const file = join(folder, "report.json");
        const program = join(root, "node_modules/jest/bin/jest.js");
        const options = ["--json", "--outputFile", file, "--passWithNoTests=false"];
        const { code, errors } = await run([program, ...options, ...args]);
        const report = Report.safeParse(jsonOf(file)).data;
        if (report === undefined) {
            process.stdout.write(`${errors.trim()}\ntests: 0 passed, 1 failed\n`);
            return 1;
        }
        return show(report, code);
    } finally {
        rmSync(folder, { recursive: true, force: true });
    }
}

function run(args: readonly string[]): Promise<{ code: number | null; errors: string }> {
    return new Promise((resolve, reject) => {
        // The report goes to its file, and what jest shows of each suite to nobody: it is shown once, below.
        const child = spawn(process.execPath, args, {
            cwd: root,
            stdio: ["ignore", "ignore", "pipe"],
        });
        let errors = "";
        child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
            errors = (errors + chunk).slice(-4_000);
        });
        child.on("error", reject);
        child.on("close", (code) => {
            resolve({ code, errors });
        });
    });
}

/** Each failure once, then the count of what really ran. A test that did not run did not pass. */
function show(report: Report, code: number | null): number {
    for (const suite of report.testResults) {
        const name = suite.name.slice(root.length + 1);
        const failures = suite.assertionResults.filter(({ status }) => status === "failed");
        for (const { fullName, failureMessages } of failures) {
            process.stdout.write(`FAIL ${name}: ${fullName}\n${failureMessages.join("\n")}\n\n`);
        }
        if (failures.length === 0 && suite.assertionResults.length === 0) {
            process.stdout.write(`FAIL ${name}\n${suite.message}\n\n`);
        }
    }
    const failed =
        report.numFailedTests +
        report.numRuntimeErrorTestSuites +
        report.numPendingTests +
        report.numTodoTests;
    const all = failed === 0 && code !== 0 ? 1 : failed;
    process.stdout.write(
        "multiarch: not run here: the end-to-end tests on a real OpenShift (testbed/README.md)\n",
    );
    process.stdout.write(`tests: ${report.numPassedTests} passed, ${all} failed\n`);
    return all > 0 ? 1 : 0;
}

function jsonOf(file: string): unknown {
    try {
        return JSON.parse(readFileSync(file, "utf8"));
    } catch {
        return undefined;
    }
}

endOnClosedPipe();
test(process.argv.slice(2)).then(
    (code) => {
        process.exitCode = code;
    },
    (error: unknown) => {
        process.stderr.write(
            `multiarch: ${error instanceof Error ? error.message : String(error)}\n`,
        );
        process.stdout.write("tests: 0 passed, 1 failed\n");
        process.exitCode = 1;
    },
);
