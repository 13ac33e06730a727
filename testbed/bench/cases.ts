/** What is measured, and with what. */
export type Case =
    | {
          readonly kind: "pipeline";
          /** Services on the bed. */
          readonly services: 1 | 13;
          /** Services that a round changes. */
          readonly changed: 1 | 13;
          /** Size of the layer that is made anew, for each architecture. */
          readonly megabytes: number;
          readonly title: string;
      }
    | {
          readonly kind: "noop";
          /** One bed after the other. */
          readonly services: 1 | 13;
          readonly title: string;
      };

const pipeline = { kind: "pipeline", services: 1, changed: 1 } as const;

/** Every case, in the order in which they run: those on one bed follow each other. */
export const cases = {
    one: { ...pipeline, megabytes: 0, title: "one service" },
    "layer-5": { ...pipeline, megabytes: 5, title: "a new layer of 5 MB" },
    "layer-100": { ...pipeline, megabytes: 100, title: "a new layer of 100 MB" },
    "layer-500": { ...pipeline, megabytes: 500, title: "a new layer of 500 MB" },
    "noop-1": { kind: "noop", services: 1, title: "nothing changed, one service" },
    fleet: { kind: "pipeline", services: 13, changed: 13, megabytes: 0, title: "13 services" },
    "one-of-13": {
        kind: "pipeline",
        services: 13,
        changed: 1,
        megabytes: 0,
        title: "one of 13 changed",
    },
    "noop-13": { kind: "noop", services: 13, title: "nothing changed, 13 services" },
} as const satisfies Record<string, Case>;

/** Name of a case. */
export type CaseName = keyof typeof cases;

/** Names of all cases. */
export const caseNames = Object.keys(cases) as CaseName[];

/** Names on the command line that stand for several cases. */
export const groups: Readonly<Record<string, readonly CaseName[]>> = {
    noop: ["noop-1", "noop-13"],
    quick: ["one", "layer-5", "noop-1"],
};
