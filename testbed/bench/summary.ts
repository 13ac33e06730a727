import { type CaseName, cases as allCases } from "./cases";
import { type CaseResult, type Cases, type NoopRound, type PipelineRound } from "./results";
import { type Spread, spreadOf } from "./statistics";

/** What a case's rounds have in common. */
export interface CaseSummary {
    readonly title: string;
    readonly rounds: number;
    /** Seconds, or what the name says. */
    readonly values: Readonly<Record<string, Spread>>;
    /** Medians divided by each other. */
    readonly ratios: Readonly<Record<string, number>>;
}

/** One of the aims, and what came out. */
export interface Target {
    readonly what: string;
    readonly limit: number;
    readonly unit: string;
    /** Undefined while its case has not been measured. */
    readonly value?: number;
    readonly met?: boolean;
}

/** What is stored beside the rounds, and drawn. */
export interface Summary {
    readonly cases: Readonly<Partial<Record<CaseName, CaseSummary>>>;
    readonly targets: readonly Target[];
}

/** Medians, spread and ratios of every case, and the aims. */
export function summarise(cases: Cases): Summary {
    const summaries: Partial<Record<CaseName, CaseSummary>> = {};
    for (const name of Object.keys(allCases) as CaseName[]) {
        const result = cases[name];
        if (result !== undefined) {
            summaries[name] = summariseCase(allCases[name].title, result);
        }
    }
    return { cases: summaries, targets: targetsOf(summaries) };
}

function summariseCase(title: string, result: CaseResult): CaseSummary {
    const values =
        result.kind === "pipeline" ? pipelineValues(result.rounds) : noopValues(result.rounds);
    const median = (name: string) => values[name]?.median ?? 0;
    const ratios: Record<string, number> =
        result.kind === "pipeline"
            ? {
                  "program/seed": median("program") / median("seed"),
                  "program/floor": median("program") / median("floor"),
                  "publishing, program/seed": median("program publish") / median("seed publish"),
              }
            : {
                  "up, program/bare": median("up program") / median("up bare"),
                  "preview, program/bare": median("preview program") / median("preview bare"),
              };
    return { title, rounds: result.rounds.length, values, ratios };
}

function pipelineValues(rounds: readonly PipelineRound[]): Record<string, Spread> {
    const of = (value: (round: PipelineRound) => number) => spreadOf(rounds.map(value));
    return {
        seed: of(({ seed }) => seed.seconds),
        program: of(({ program }) => program.seconds),
        floor: of(({ floor }) => floor.seconds),
        overhead: of(({ program, floor }) => program.seconds - floor.seconds),
        "floor builds": of(({ floor }) => floor.buildSeconds),
        "floor blobs": of(({ floor }) => floor.blobSeconds),
        "floor rollout": of(({ floor }) => floor.rolloutSeconds),
        "program start": of(({ program }) => program.marks.firstBuild),
        "program publish": of(({ program }) => program.publishSeconds),
        "program end": of(({ program }) => program.seconds - program.marks.rolledOut),
        "seed build amd64": of(({ seed }) => seed.stages["build amd64"] ?? 0),
        "seed build arm64": of(({ seed }) => seed.stages["build arm64"] ?? 0),
        "seed publish": of(({ seed }) => seed.stages["publish"] ?? 0),
        "seed rollout": of(({ seed }) => seed.stages["rollout"] ?? 0),
        "memory MB": of(({ program }) => program.peakMegabytes),
        "state KB": of(({ program }) => program.stateBytes / 1000),
    };
}

function noopValues(rounds: readonly NoopRound[]): Record<string, Spread> {
    const of = (value: (round: NoopRound) => number) => spreadOf(rounds.map(value));
    return {
        "up program": of(({ up }) => up.program),
        "up bare": of(({ up }) => up.bare),
        "preview program": of(({ preview }) => preview.program),
        "preview bare": of(({ preview }) => preview.bare),
        resources: of(({ resources }) => resources),
    };
}

/** The aims of the project, each with what was measured of it. */
function targetsOf(cases: Summary["cases"]): Target[] {
    const ratio = (name: CaseName, which: string) => cases[name]?.ratios[which];
    const median = (name: CaseName, which: string) => cases[name]?.values[which]?.median;
    const noop = (name: "noop-1" | "noop-13", verb: "up" | "preview") =>
        target(
            `\`pulumi ${verb}\`, ${allCases[name].title}, to the bare program's`,
            1.3,
            "",
            ratio(name, `${verb}, program/bare`),
        );
    return [
        target("one service, to the seed's time", 0.5, "", ratio("one", "program/seed")),
        target("one service, overhead", 4, "s", median("one", "overhead")),
        target("layers of 500 MB, to the floor", 1.15, "", ratio("layer-500", "program/floor")),
        target(
            "one service, publishing to the seed's publishing",
            0.25,
            "",
            ratio("one", "publishing, program/seed"),
        ),
        target("13 services, to 13 runs of the seed", 0.3, "", ratio("fleet", "program/seed")),
        noop("noop-1", "up"),
        noop("noop-1", "preview"),
        noop("noop-13", "up"),
        noop("noop-13", "preview"),
        target("overhead of each further service", 0.5, "s", perImage(cases, "overhead")),
        target("memory for each further service", 30, "MB", perImage(cases, "memory MB")),
        target("state for each further service", 60, "KB", perImage(cases, "state KB")),
    ];
}

/** The difference between 13 services and one, for each of the twelve. */
function perImage(cases: Summary["cases"], which: string): number | undefined {
    const [many, one] = [cases.fleet, cases.one].map((it) => it?.values[which]?.median);
    return many === undefined || one === undefined ? undefined : (many - one) / 12;
}

function target(what: string, limit: number, unit: string, value: number | undefined): Target {
    return { what, limit, unit, ...(value !== undefined && { value, met: value <= limit }) };
}
