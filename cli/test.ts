import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { z } from "zod";

import { whyNot } from "../testbed/sandbox/preflight";
import { paths } from "../testbed/sandbox/settings";
import { up } from "../testbed/sandbox/up";

/** The part of jest's report that is counted. */
const Report = z.object({
    numPassedTests: z.number(),
    numFailedTests: z.number(),
    numPendingTests: z.number(),
    numRuntimeErrorTestSuites: z.number(),
});

/** Tests that really ran. */
interface Count {
    readonly passed: number;
    readonly failed: number;
}

/** Runs one of jest's projects and counts its tests from its own report; a suite that cannot run is a failure. */
async function jest(project: string, args: readonly string[]): Promise<Count> {
    const folder = mkdtempSync(join(tmpdir(), "multiarch-tests-"));
    const report = join(folder, "report.json");
    try {
        const code = await new Promise<number | null>((resolve, reject) => {
            const program = join(paths.repository, "node_modules/jest/bin/jest.js");
            const options = ["--selectProjects", project, "--json", "--outputFile", report];
            const child = spawn(process.execPath, [program, ...options, ...args], {
                cwd: paths.repository,
                // The report goes to its file; what a person reads goes to standard error.
                stdio: ["ignore", "ignore", "inherit"],
            });
            child.on("error", reject);
            child.on("close", resolve);
        });
        const found = Report.parse(JSON.parse(readFileSync(report, "utf8")));
        const failed =
            found.numFailedTests + found.numRuntimeErrorTestSuites + found.numPendingTests;
        return { passed: found.numPassedTests, failed: failed === 0 && code !== 0 ? 1 : failed };
    } finally {
        rmSync(folder, { recursive: true, force: true });
    }
}

/** One fault of every mechanism, on a sandbox of its own that is taken down again. */
async function faults(): Promise<Count> {
    const child = spawn(
        process.execPath,
        ["--require", "tsx/cjs", join(paths.repository, "testbed/faults/main.ts"), "--fast"],
        { cwd: paths.repository, stdio: ["ignore", "pipe", "inherit"] },
    );
    let text = "";
    child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
        text += chunk;
        process.stdout.write(chunk);
    });
    const [code] = (await once(child, "close")) as [number | null];
    const [, passed = "0", failed = "1"] = /^faults: (\d+) passed, (\d+) failed/m.exec(text) ?? [];
    const count = { passed: Number(passed), failed: Number(failed) };
    return count.failed === 0 && code !== 0 ? { ...count, failed: 1 } : count;
}

/**
 * Unit tests, then the end-to-end tests on the sandbox where it can run; the exit code is 1 if any failed. `--faults`
 * adds a fault of every mechanism (npm run test:faults -- --fast).
 */
async function test(given: readonly string[]): Promise<number> {
    const args = given.filter((it) => it !== "--faults");
    say("unit tests");
    const unit = await jest("unit", args);
    const reason = await whyNot();
    if (reason !== undefined) {
        say("the end-to-end tests did NOT run: they need the local OpenShift.");
        say(`why: ${reason}`);
        say("how to get it: testbed/sandbox/README.md, Toolchain; then run npm test again.");
        report(unit);
        // In CI, tests that did not run are no tests that passed.
        return unit.failed > 0 || process.env["CI"] !== undefined ? 1 : 0;
    }
    say("bringing up the local OpenShift");
    await up();
    say("end-to-end tests");
    const e2e = await jest("e2e", ["--maxWorkers=2", "--testTimeout=600000", ...args]);
    const counts = [unit, e2e];
    if (args.length < given.length) {
        say("injected faults");
        counts.push(await faults());
    }
    const all = {
        passed: counts.reduce((sum, { passed }) => sum + passed, 0),
        failed: counts.reduce((sum, { failed }) => sum + failed, 0),
    };
    report(all);
    return all.failed > 0 ? 1 : 0;
}

function say(text: string): void {
    process.stdout.write(`multiarch: ${text}\n`);
}

function report({ passed, failed }: Count): void {
    process.stdout.write(`tests: ${passed} passed, ${failed} failed\n`);
}

test(process.argv.slice(2)).then(
    (code) => {
        process.exitCode = code;
    },
    (error: unknown) => {
        process.stderr.write(
            `multiarch: ${error instanceof Error ? error.message : String(error)}\n`,
        );
        report({ passed: 0, failed: 1 });
        process.exitCode = 1;
    },
);
