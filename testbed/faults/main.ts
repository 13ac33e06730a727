import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { document, tableText } from "./document";
import {
    merged,
    notPassed,
    Report,
    type Result,
    Results,
    resultsIn,
    rowsIn,
    testsIn,
} from "./results";
import { protections } from "./protections";
import { runUnprotected, UnprotectedResults } from "./unprotected";

/**
 * `npm run faults [-- --fast | --failed | --unprotected]`: injects every fault on a sandbox of its own, prints the table and
 * writes docs/reliability.md. `--fast` takes one fault of every mechanism, for CI, and writes no document; `--failed`
 * takes what has not passed when it last ran, and the document says which commit each run was of. `--unprotected [WORD]`
 * runs tests in copies of this repository that lack what they rely on: each must fail.
 */
const root = join(__dirname, "../..");

/** Not the usual sandbox: faults stop its registry and its API server. */
const env = { ...process.env, MULTIARCH_SANDBOX: process.env["MULTIARCH_SANDBOX"] ?? "faults" };

/** Words in the names of the tests that `--fast` takes: one for each mechanism that the rest relies on. */
const fast = [
    "registry: wrong credentials",
    "registry: three answers 500",
    "kill -9 of pulumi while images are built",
    "killed while Pulumi writes the attributes",
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

/** What every test came to when it last ran, for `--failed` and for the document. */
const folder = join(root, ".multiarch/faults");
const kept = join(folder, "results.json");
const keptUnprotected = join(folder, "unprotected.json");

/** Which tests are to run. */
interface Choice {
    readonly isFast: boolean;
    /** Of their names. @default all */
    readonly pattern: string | undefined;
    /** Options for jest. */
    readonly given: readonly string[];
    /** What the document tells beside this run. */
    readonly earlier: readonly Result[];
}

async function faults(args: readonly string[]): Promise<number> {
    const isFast = args.includes("--fast");
    const isAgain = args.includes("--failed");
    const earlier = isAgain && existsSync(kept) ? Results.parse(read(kept)) : [];
    const pattern = isFast ? fast : notPassed(earlier);
    if (isAgain && pattern === undefined) {
        process.stdout.write("faults: nothing has failed; npm run faults runs them all\n");
        return 0;
    }
    const given = args.filter((it) => !["--fast", "--failed", "--unprotected"].includes(it));
    if ((await sandbox("up")) !== 0) {
        return 1;
    }
    try {
        if (args.includes("--unprotected")) {
            return await unprotected(given);
        }
        return await inject({ isFast, pattern, given, earlier });
    } finally {
        await sandbox("down");
    }
}

/**
 * Every protection must be seen to matter, or those with one of these words in their names or tests, or with `missing`
 * what was not seen yet: its tests fail without it.
 */
async function unprotected(words: readonly string[]): Promise<number> {
    const known = new Set(
        protections.flatMap(({ name, tests }) => tests.map((test) => keyOf({ name, test }))),
    );
    const earlier = earlierUnprotected();
    const all = new Map(earlier.filter((it) => known.has(keyOf(it))).map((it) => [keyOf(it), it]));
    const chosen = protections.map((protection) => ({
        ...protection,
        tests: protection.tests.filter((test) => {
            const { name } = protection;
            const isSeen = all.get(keyOf({ name, test }))?.failure !== undefined;
            const isNamed = words.some((word) => name.includes(word) || test.includes(word));
            return words.length === 0 || (words.includes("missing") && !isSeen) || isNamed;
        }),
    }));
    mkdirSync(folder, { recursive: true });
    const keep = (result: (typeof earlier)[number]) => {
        all.set(keyOf(result), result);
        writeFileSync(keptUnprotected, JSON.stringify([...all.values()], undefined, 2));
    };
    const results = await runUnprotected(chosen, env, keep, async () => sandbox("up"));
    const passed = results.filter(({ failure }) => failure === undefined);
    process.stdout.write(
        results
            .map((it) => `${it.name}, ${it.test}: ${it.failure ?? "NOT SEEN FAILING"}\n`)
            .join(""),
    );
    process.stdout.write(
        `faults: ${results.length - passed.length} tests failed without their protection, ${passed.length} did not\n`,
    );
    if (existsSync(kept)) {
        writeDocument(Results.parse(read(kept)));
    }
    return passed.length === 0 ? 0 : 1;
}

const keyOf = ({ name, test }: { name: string; test: string }) => `${name}, ${test}`;

function earlierUnprotected() {
    return existsSync(keptUnprotected) ? UnprotectedResults.parse(read(keptUnprotected)) : [];
}

function writeDocument(results: readonly Result[]): void {
    writeFileSync(join(root, "docs/reliability.md"), document(results, earlierUnprotected()));
}

async function inject({ isFast, pattern, given, earlier }: Choice): Promise<number> {
    const started = Date.now();
    mkdirSync(folder, { recursive: true });
    const chosen = pattern === undefined ? given : [`--testNamePattern=${pattern}`, ...given];
    const parts = [
        ["--maxWorkers=3", `--testPathIgnorePatterns=${alone}`],
        ["--maxWorkers=1", `--testPathPatterns=${alone}`],
    ];
    const git = ["-C", root, "rev-parse", "--short", "HEAD"];
    const run = {
        day: new Date().toISOString().slice(0, 10),
        commit: execFileSync("git", git, { encoding: "utf8" }).trim(),
    };
    const results: Result[] = [];
    const known: string[] = [];
    for (const part of isFast ? parts.slice(0, 1) : parts) {
        const { report, rows } = await jest([...part, ...chosen]);
        results.push(...resultsIn(report, rows, run));
        known.push(...testsIn(report));
    }
    process.stdout.write(tableText(results));
    if (!isFast && given.length === 0) {
        const all = merged(earlier, results, known, run);
        writeFileSync(kept, JSON.stringify(all, undefined, 2));
        writeDocument(all);
    }
    const passed = results.filter((it) => it.passed).length;
    const minutes = Math.round((Date.now() - started) / 60_000);
    process.stdout.write(
        `faults: ${passed} passed, ${results.length - passed} failed, ${minutes} min\n`,
    );
    // No test at all is no pass: a pattern that fits nothing must show.
    return results.length > 0 && results.length === passed ? 0 : 1;
}

/** Runs tests of faults/; what jest reports of them, and the rows that they wrote. */
async function jest(args: readonly string[]) {
    const rows = join(folder, "rows.jsonl");
    const report = join(folder, "report.json");
    writeFileSync(rows, "");
    rmSync(report, { force: true });
    const options = [
        "--config=testbed/jest.config.mjs",
        "--selectProjects=faults",
        "--testTimeout=700000",
    ];
    const program = "node_modules/jest/bin/jest.js";
    await node([program, ...options, "--json", `--outputFile=${report}`, ...args], {
        MULTIARCH_FAULTS_REPORT: rows,
    });
    return { report: Report.parse(read(report)), rows: rowsIn(readFileSync(rows, "utf8")) };
}

function read(file: string): unknown {
    return JSON.parse(readFileSync(file, "utf8"));
}

async function sandbox(verb: "up" | "down"): Promise<number> {
    return node(["--require", "tsx/cjs", "testbed/sandbox/main.ts", verb]);
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
