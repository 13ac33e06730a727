import { medianRound } from "../../bench/charts";
import { buildBound } from "../../bench/floor";
import { summarise } from "../../bench/summary";
import { round, someCases } from "./results";

describe("summarise", () => {
    const { cases, targets } = summarise(someCases);

    it("divides medians, not runs", () => {
        expect(cases.one?.values["program"]?.median).toBe(15);
        expect(cases.one?.values["seed"]?.median).toBe(32);
        expect(cases.one?.ratios["program/seed"]).toBe(15 / 32);
        expect(cases.one?.values["overhead"]?.median).toBe(3);
    });

    it("says of each aim what was measured and whether it is met", () => {
        expect(
            targets.map(({ value, met }) => (value === undefined ? "?" : `${value} ${met}`)),
        ).toEqual([
            `${15 / 32} true`,
            "3 true",
            "?",
            "0.2 true",
            "0.3 true",
            "1.25 true",
            "1.5 false",
            "?",
            "?",
            "0.5 true",
            "30 true",
            "50 true",
        ]);
    });

    it("has no aim met that was not measured", () => {
        const none = summarise({}).targets;
        expect(none).toHaveLength(12);
        expect(none.filter(({ value, met }) => value !== undefined || met !== undefined)).toEqual(
            [],
        );
    });
});

describe("medianRound", () => {
    it("is the round whose program took the middle time", () => {
        const rounds = [round(16, 32), round(14, 36), round(15, 30)];
        expect(medianRound(rounds)).toBe(rounds[2]);
        expect(medianRound([])).toBeUndefined();
    });
});

describe("buildBound", () => {
    const amd64 = { service: "one", started: 1, completed: 5 };

    it("is the slowest build of one service, however late it started", () => {
        expect(buildBound([amd64, { service: "one", started: 3, completed: 6 }])).toBe(4);
    });

    it("is the time in which builds of several services ran", () => {
        expect(buildBound([amd64, { service: "two", started: 3, completed: 9 }])).toBe(8);
    });
});
