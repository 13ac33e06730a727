import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";

import { z } from "zod";

import { document, type Failure, type Row, tableText } from "../test/faults/document";

/**
 * `npm run test:faults [-- --fast]`: injects every fault on a sandbox of its own, prints the table, and (a whole run)
 * writes docs/reliability.md. `--fast` takes one fault of every mechanism, for CI.
 */
const root = join(__dirname, "..");

/** Not the usual sandbox: faults stop its registry and its API server. */
const env = { ...process.env, MULTIARCH_SANDBOX: process.env["MULTIARCH_SANDBOX"] ?? "faults" };

/** Words in the names of the tests that `--fast` takes: one for each mechanism that the rest relies on. */
const fast = [
    "registry: wrong credentials",
    "registry: three answers 500",
    "kill -9 of pulumi while images are built",
    "fails to compile for one architecture",
    "of a build, evicted",
    "BuildConfig that somebody has edited",
    "who presses Ctrl-C once",
    "who starts a second update",
    "whose Job is deleted",
    "that somebody else has moved",
    "of every declared object",
    "leaves the old pods serving",
].join("|");

/** Files whose faults everybody feels: the cluster, a node, the internal registry. They run last, one after the other. */
const alone = "faults/(cluster|nodes|internalRegistry)\\.test";

const jest = "node_modules/jest/bin/jest.js";

const Report = z.object({
    numPassedTests: z.number(),
    testResults: z.array(
        z.object({
            name: z.string(),
            startTime: z.number(),
            endTime: z.number(),
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
        const parts = [
            ["--maxWorkers=3", `--testPathIgnorePatterns=${alone}`],
            ["--maxWorkers=1", `--testPathPatterns=${alone}`],
        ];
        for (const part of isFast ? parts.slice(0, 1) : parts) {
            const report = join(folder, "report.json");
            const options = ["--selectProjects=faults", "--testTimeout=700000", "--json"];
            await node([jest, ...options, `--outputFile=${report}`, ...part, ...chosen, ...given], {
                MULTIARCH_FAULTS_REPORT: rows,
            });
            results.push(Report.parse(JSON.parse(readFileSync(report, "utf8"))));
            rmSync(report);
        }
        const found = rowsIn(readFileSync(rows, "utf8"));
        const passed = results.reduce((sum, { numPassedTests }) => sum + numPassedTests, 0);
        const failures = results.flatMap(failuresIn);
        if (passed === 0 || found.length < passed) {
            failures.push({
                name: `${passed} tests passed, but only ${found.length} rows came of it`,
            });
        }
        const minutes = Math.round((Date.now() - started) / 60_000);
        process.stdout.write(tableText(found, failures));
        process.stdout.write(results.flatMap(timesIn).join(""));
        if (args.length === 0) {
            const file = join(root, "docs/reliability.md");
            writeFileSync(file, document(found, failures, minutes));
        }
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

/** How long each file took that ran a test. */
function timesIn({ testResults }: z.infer<typeof Report>): string[] {
    return testResults
        .filter(({ assertionResults }) =>
            assertionResults.some(({ status }) => status !== "pending"),
        )
        .map(({ name, startTime, endTime }) => {
            const seconds = Math.round((endTime - startTime) / 1000);
            return `${basename(name).padEnd(28)} ${seconds} s\n`;
        });
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
