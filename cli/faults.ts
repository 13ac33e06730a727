import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { z } from "zod";

import { document, type Failure, type Row, tableText } from "../test/faults/document";

/**
 * `npm run test:faults [-- --fast]`: injects every fault on a sandbox of its own, prints the table, and (a whole run)
 * writes docs/reliability.md. `--fast` takes one fault of every mechanism, for CI.
 */
const root = join(__dirname, "..");

/** Not the usual sandbox: faults stop its registry and its API server. */
const env = { ...process.env, MULTIARCH_SANDBOX: process.env["MULTIARCH_SANDBOX"] ?? "faults" };

/** Words in the names of the tests that `--fast` takes. */
const fast = [
    "registry: wrong credentials",
    "registry: three answers 500",
    "kill -9 of pulumi while images are built",
    "fails to compile for one architecture",
    "cancelled by somebody else",
    "who presses Ctrl-C once",
    "who starts a second update",
    "whose Job is deleted",
    "that somebody else has moved",
    "of every declared object",
    "leaves the old pods serving",
].join("|");

const jest = "node_modules/jest/bin/jest.js";

const Report = z.object({
    numPassedTests: z.number(),
    testResults: z.array(
        z.object({
            message: z.string(),
            assertionResults: z.array(z.object({ fullName: z.string(), status: z.string() })),
        }),
    ),
});

const Rows = z.object({
    fault: z.string(),
    saw: z.string(),
    seconds: z.number(),
    after: z.string(),
});

async function faults(args: readonly string[]): Promise<number> {
    const isFast = args.includes("--fast");
    const started = Date.now();
    if ((await node(["--require", "tsx/cjs", "sandbox/main.ts", "up"])) !== 0) {
        return 1;
    }
    const folder = mkdtempSync(join(tmpdir(), "multiarch-faults-"));
    try {
        const rows = join(folder, "rows.jsonl");
        writeFileSync(rows, "");
        const chosen = isFast ? [`--testNamePattern=${fast}`] : [];
        const given = args.filter((it) => it !== "--fast");
        const results: z.infer<typeof Report>[] = [];
        // Last and alone: what fails for everybody would fail for the other tests too.
        const parts = [
            "--testPathIgnorePatterns=faults/cluster",
            "--testPathPatterns=faults/cluster",
        ];
        for (const part of isFast ? parts.slice(0, 1) : parts) {
            const report = join(folder, "report.json");
            const options = ["--selectProjects=faults", "--maxWorkers=3", "--testTimeout=400000"];
            await node(
                [jest, ...options, `--outputFile=${report}`, "--json", part, ...chosen, ...given],
                { MULTIARCH_FAULTS_REPORT: rows },
            );
            results.push(Report.parse(JSON.parse(readFileSync(report, "utf8"))));
            rmSync(report);
        }
        const failures = results.flatMap(failuresIn);
        const found = rowsIn(readFileSync(rows, "utf8"));
        const minutes = Math.round((Date.now() - started) / 60_000);
        process.stdout.write(tableText(found, failures));
        if (args.length === 0) {
            const file = join(root, "docs/reliability.md");
            writeFileSync(file, document(found, failures, minutes));
        }
        const passed = results.reduce((sum, { numPassedTests }) => sum + numPassedTests, 0);
        process.stdout.write(
            `faults: ${passed} passed, ${failures.length} failed, ${minutes} min\n`,
        );
        return failures.length === 0 ? 0 : 1;
    } finally {
        rmSync(folder, { recursive: true, force: true });
    }
}

function rowsIn(text: string): Row[] {
    return text
        .split("\n")
        .filter(Boolean)
        .map((line) => Rows.parse(JSON.parse(line)))
        .sort((one, other) => one.fault.localeCompare(other.fault));
}

function failuresIn({ testResults }: z.infer<typeof Report>): Failure[] {
    return testResults.flatMap(({ assertionResults, message }) =>
        assertionResults.length === 0
            ? [{ name: message.split("\n")[0] ?? "" }]
            : assertionResults
                  .filter(({ status }) => status === "failed")
                  .map(({ fullName }) => ({ name: fullName })),
    );
}

async function node(args: readonly string[], extra: NodeJS.ProcessEnv = {}): Promise<number> {
    const child = spawn(process.execPath, args, {
        cwd: root,
        env: { ...env, ...extra },
        // jest's report goes to its file, what a person reads to standard error.
        stdio: ["ignore", "ignore", "inherit"],
    });
    return new Promise((resolve, reject) => {
        child.on("error", reject);
        child.on("close", (code) => {
            resolve(code ?? 1);
        });
    });
}

void faults(process.argv.slice(2)).then((code) => {
    process.exitCode = code;
});
