import { observedBuilds, observedRollouts } from "../../bench/observed";
import { buildParts } from "../../bench/parts";

function build(at: number, phase: string, name = "context-api-amd64-2") {
    const stages = [
        { name: "FetchInputs", startTime: "1970-01-01T00:00:02Z", durationMilliseconds: 500 },
        { name: "Build", startTime: "1970-01-01T00:00:03Z", durationMilliseconds: 1500 },
    ];
    const output = { to: { imageDigest: "sha256:1" } };
    const metadata = { name };
    return { at, object: { metadata, status: { phase, stages, output } } };
}

function deployment(at: number, generation: number, updated: number, replicas = 2) {
    return {
        at,
        object: {
            metadata: { name: "context-api", generation },
            spec: { replicas: 2 },
            status: {
                observedGeneration: generation,
                replicas,
                updatedReplicas: updated,
                availableReplicas: 2,
            },
        },
    };
}

describe("observedBuilds", () => {
    it("takes the builds of this run, with the moments of their phases", () => {
        const seen = [
            build(900, "Complete", "context-api-amd64-1"),
            build(1000, "New"),
            build(1100, "Pending"),
            build(2000, "Running"),
            build(5000, "Complete"),
            build(5100, "Complete"),
            build(5200, "Running", "context-api-arm64-2"),
        ];
        expect(observedBuilds(seen, 1000)).toEqual([
            {
                build: "context-api-amd64-2",
                created: 1000,
                started: 2000,
                completed: 5000,
                digest: "sha256:1",
                stages: [
                    { name: "FetchInputs", seconds: 0.5, second: 2000 },
                    { name: "Build", seconds: 1.5, second: 3000 },
                ],
            },
        ]);
    });
});

describe("observedRollouts", () => {
    it("lasts from the new specification until every pod is new and none is left over", () => {
        const seen = [
            deployment(500, 1, 2),
            deployment(1000, 2, 0),
            deployment(2000, 2, 2, 3),
            deployment(3000, 2, 2),
            deployment(4000, 2, 2),
        ];
        expect(observedRollouts(seen, 900)).toEqual([
            { deployment: "context-api", from: 1000, to: 3000 },
        ]);
    });

    it("is none when only the status changed", () => {
        expect(observedRollouts([deployment(500, 1, 1), deployment(1000, 1, 2)], 900)).toEqual([]);
    });
});

describe("buildParts", () => {
    const parts = (completed: number) => {
        const seen = [build(1000, "Running"), build(completed, "Complete")];
        return observedBuilds(seen, 0).flatMap((it) =>
            buildParts(it, "amd64", (moment) => moment / 1000).map(
                ({ row, stage, from, to }) => `${row} ${stage} ${from}-${to}`,
            ),
        );
    };

    it("draws each stage from the middle of its second, and what is between as waiting", () => {
        expect(parts(6000)).toEqual([
            "amd64 starting, waiting 1-2.5",
            "amd64 FetchInputs 2.5-3",
            "amd64 starting, waiting 3-3.5",
            "amd64 Build 3.5-5",
            "amd64 ending 5-6",
        ]);
    });

    it("draws nothing beyond the build's end", () => {
        expect(parts(3300)).toEqual([
            "amd64 starting, waiting 1-2.5",
            "amd64 FetchInputs 2.5-3",
            "amd64 starting, waiting 3-3.3",
        ]);
    });
});
