import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

import { z } from "zod";

const seconds = z.number();

/** What a part of a run's time line was, in seconds from the start of the run. */
const Part = z.object({ row: z.string(), stage: z.string(), from: seconds, to: seconds });
export type Part = z.output<typeof Part>;

const BuildTime = z.object({
    service: z.string(),
    architecture: z.string(),
    build: z.string(),
    digest: z.string(),
    /** The Build object is there; its pod runs; it is complete. */
    created: seconds,
    started: seconds,
    completed: seconds,
});
export type BuildTime = z.output<typeof BuildTime>;

const SeedRun = z.object({
    seconds,
    /** Sum over all services of each stage of the script. */
    stages: z.record(z.string(), seconds),
    parts: z.array(Part),
});
export type SeedRun = z.output<typeof SeedRun>;

const ProgramRun = z.object({
    seconds,
    builds: z.array(BuildTime),
    parts: z.array(Part),
    /** When what happened first or last, over all services. */
    marks: z.object({
        firstBuild: seconds,
        lastBuild: seconds,
        published: seconds,
        rolledOut: seconds,
    }),
    /** From the last copy's begin, or its build's end if that is earlier, to the Deployment's new specification. */
    publishSeconds: seconds,
    /** From the new specification of that Deployment to its last new pod. */
    rolloutSeconds: seconds,
    /** Seconds that the publisher needed for each image. */
    transfers: z.record(z.string(), seconds),
    /** Highest sum of PSS of Pulumi and all that it started. */
    peakMegabytes: z.number(),
    /** The state as compact JSON. */
    stateBytes: z.number(),
});
export type ProgramRun = z.output<typeof ProgramRun>;

const Floor = z.object({
    /** From the first Build's start to the last one's end. */
    buildSeconds: seconds,
    /** Plain copy of the slowest service's images, all at once. */
    blobSeconds: seconds,
    rolloutSeconds: seconds,
    seconds,
});
export type Floor = z.output<typeof Floor>;

const PipelineRound = z.object({ seed: SeedRun, program: ProgramRun, floor: Floor });
export type PipelineRound = z.output<typeof PipelineRound>;

const NoopRound = z.object({
    services: z.number(),
    resources: z.number(),
    up: z.object({ program: seconds, bare: seconds }),
    preview: z.object({ program: seconds, bare: seconds }),
});
export type NoopRound = z.output<typeof NoopRound>;

const measured = {
    measured: z.object({ date: z.string(), commit: z.string(), command: z.string() }),
    machine: z.record(z.string(), z.string()),
};

/** Everything that one case gave. */
export const CaseResult = z.discriminatedUnion("kind", [
    z.object({ kind: z.literal("pipeline"), ...measured, rounds: z.array(PipelineRound) }),
    z.object({ kind: z.literal("noop"), ...measured, rounds: z.array(NoopRound) }),
]);
export type CaseResult = z.output<typeof CaseResult>;

/** The file `docs/performance/bench.json`; `summary` is made from `cases`. */
export const BenchFile = z.object({
    summary: z.unknown(),
    cases: z.record(z.string(), CaseResult),
});
export type Cases = Readonly<Record<string, CaseResult>>;

/** The cases that a file holds; none when there is no file yet. */
export function readCases(file: string): Cases {
    return existsSync(file) ? BenchFile.parse(JSON.parse(readFileSync(file, "utf8"))).cases : {};
}

/** Puts one case into the file, in place of its earlier result; whatever else is in it stays. */
export function saveCase(
    file: string,
    name: string,
    result: CaseResult,
    summarise: (cases: Cases) => unknown,
): Cases {
    const cases = { ...readCases(file), [name]: result };
    mkdirSync(dirname(file), { recursive: true });
    const text = JSON.stringify({ summary: summarise(cases), cases }, roundedNumbers, 1);
    writeFileSync(`${file}.new`, `${text}\n`);
    renameSync(`${file}.new`, file);
    return readCases(file);
}

/** Milliseconds are as far as the measurements go. */
function roundedNumbers(_: string, value: unknown): unknown {
    return typeof value === "number" ? Math.round(value * 1000) / 1000 : value;
}
