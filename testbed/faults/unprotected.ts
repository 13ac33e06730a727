import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";

import { z } from "zod";

import { copyRepository } from "./checkout";
import { type Protection } from "./protection";
import { escaped, Report } from "./results";

/** How long a test may take without its protection: some wait for what never comes. */
const LIMIT_SECONDS = 420;

/** Tests at a time: the machine that faults are injected on has two CPUs. */
const WORKERS = 3;

const Unprotected = z.object({
    name: z.string(),
    test: z.string(),
    /** The first words of its failure; undefined when it passed all the same or could not begin: that proves nothing. */
    failure: z.string().optional(),
});

/** How a test fared without its protection. */
export type Unprotected = z.infer<typeof Unprotected>;

/** What is kept of a run of all of them. */
export const UnprotectedResults = z.array(Unprotected);

/** Runs every protection's tests in copies of the repository without it, in the environment that names the sandbox. */
export async function runUnprotected(
    chosen: readonly Protection[],
    env: NodeJS.ProcessEnv,
    /** Called with each result as soon as it is there. */
    keep: (result: Unprotected) => void,
    /** Brings up what is down of the sandbox. */
    bringUp: () => Promise<unknown>,
): Promise<Unprotected[]> {
    const trials = chosen.flatMap((protection) =>
        protection.tests.map((test) => ({
            protection,
            test,
            isAlone: protection.alone?.includes(test) === true,
        })),
    );
    const beside = trials.filter(({ isAlone }) => !isAlone);
    const results: Unprotected[] = [];
    const run = async ({ protection, test }: (typeof trials)[number]) => {
        const result = await without(protection, test, env);
        results.push(result);
        keep(result);
    };
    const work = async () => {
        for (let next = beside.shift(); next !== undefined; next = beside.shift()) {
            await run(next);
        }
    };
    await Promise.all(Array.from({ length: WORKERS }, work));
    for (const trial of trials.filter(({ isAlone }) => isAlone)) {
        await run(trial);
        // It may have been ended where a node or a server was down.
        await bringUp();
    }
    return results;
}

/** The file's text without a protection; throws when it does not stand there exactly once. */
export function withoutProtection(text: string, { name, from, to }: Protection): string {
    const parts = text.split(from);
    if (parts.length !== 2) {
        throw new Error(`${name}: ${JSON.stringify(from)} stands there ${parts.length - 1} times`);
    }
    return parts.join(to);
}

async function without(
    protection: Protection,
    test: string,
    env: NodeJS.ProcessEnv,
): Promise<Unprotected> {
    const { name, file } = protection;
    const folder = mkdtempSync(join(tmpdir(), "multiarch-unprotected-"));
    try {
        const checkout = join(folder, "checkout");
        mkdirSync(checkout);
        copyRepository(checkout);
        const path = join(checkout, file);
        writeFileSync(path, withoutProtection(readFileSync(path, "utf8"), protection));
        const failure = await failureOf(test, checkout, join(folder, "report.json"), env);
        process.stderr.write(`without "${name}", ${test}: ${failure ?? "NOT SEEN FAILING"}\n`);
        return { name, test, failure };
    } finally {
        rmSync(folder, { recursive: true, force: true });
    }
}

async function failureOf(
    test: string,
    checkout: string,
    report: string,
    env: NodeJS.ProcessEnv,
): Promise<string | undefined> {
    const pattern = `--testNamePattern=${escaped(test)}`;
    const options = ["--selectProjects=faults", "--testTimeout=700000", "--json"];
    const program = join(checkout, "node_modules/jest/bin/jest.js");
    const args = [program, ...options, `--outputFile=${report}`, pattern];
    const ended = await new Promise<boolean>((resolve, reject) => {
        const child = spawn(process.execPath, args, { cwd: checkout, env, stdio: "ignore" });
        const limit = setTimeout(() => {
            child.kill("SIGKILL");
            resolve(false);
        }, LIMIT_SECONDS * 1000);
        child.on("error", reject);
        child.on("close", () => {
            clearTimeout(limit);
            resolve(true);
        });
    });
    if (!ended) {
        return `no end in ${LIMIT_SECONDS} s`;
    }
    const { testResults } = Report.parse(JSON.parse(readFileSync(report, "utf8")));
    const ran = testResults
        .flatMap(({ assertionResults }) => assertionResults)
        .filter(({ status }) => status === "passed" || status === "failed");
    const [only] = ran;
    if (only === undefined || ran.length !== 1) {
        process.stderr.write(`${ran.length} tests ran that have "${test}" in their names\n`);
        return undefined;
    }
    const [message = ""] = only.failureMessages ?? [];
    // A test that could not begin says nothing about what was taken out.
    return only.status === "passed" || /FaultBed\.(create|serve)|makeStack/.test(message)
        ? undefined
        : firstWords(message);
}

/** The first words of a failure. */
function firstWords(message: string): string {
    const lines = stripVTControlCharacters(message)
        .split("\n")
        .map((line) => line.trim());
    return lines.filter(Boolean).slice(0, 3).join(" ").slice(0, 200);
}
