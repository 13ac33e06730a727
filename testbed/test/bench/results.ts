import { type CaseResult, type Cases, type PipelineRound } from "../../bench/results";

const about = {
    measured: { date: "2026-01-01", commit: "0123456789ab", command: "npm run bench" },
    machine: { cpu: "A CPU", cores: "2" },
};

/** A round of a program that takes so many seconds, 3 of them its own, beside a seed of so many. */
export function round(
    program: number,
    seed: number,
    sizes = { megabytes: 500, stateKilobytes: 60, overhead: 3 },
): PipelineRound {
    const build = program - 6;
    const times = { created: 1, started: 2, completed: 2 + build };
    const names = { service: "context-api", build: "context-api-amd64-1", digest: "sha256:1" };
    return {
        seed: {
            seconds: seed,
            stages: { "build amd64": 5, "build arm64": seed - 17, publish: 10, rollout: 2 },
            parts: [{ row: "amd64", stage: "Build", from: 0, to: 5 }],
        },
        program: {
            seconds: program,
            builds: [{ ...names, architecture: "amd64", ...times }],
            parts: [{ row: "amd64", stage: "Build", from: 2, to: 2 + build }],
            marks: {
                firstBuild: 1,
                lastBuild: times.completed,
                published: times.completed + 1,
                rolledOut: program - 1,
            },
            publishSeconds: 2,
            rolloutSeconds: 2,
            transfers: { "context-api amd64": 1 },
            peakMegabytes: sizes.megabytes,
            stateBytes: sizes.stateKilobytes * 1000,
        },
        floor: {
            buildSeconds: build,
            blobSeconds: 1,
            rolloutSeconds: 2,
            seconds: program - sizes.overhead,
        },
    };
}

/** The result of a case with these rounds. */
export function pipeline(rounds: PipelineRound[]): CaseResult {
    return { kind: "pipeline", ...about, rounds };
}

/** Results of all kinds of cases. */
export const someCases: Cases = {
    one: pipeline([round(14, 36), round(15, 30), round(16, 32)]),
    fleet: pipeline([round(120, 400, { megabytes: 860, stateKilobytes: 660, overhead: 9 })]),
    "noop-1": {
        kind: "noop",
        ...about,
        rounds: [
            {
                services: 1,
                resources: 17,
                up: { program: 5, bare: 4 },
                preview: { program: 6, bare: 4 },
            },
        ],
    },
};
