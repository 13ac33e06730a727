import { readdirSync } from "node:fs";
import { join } from "node:path";

import { recordStack } from "../../../cli/plan/recordStack";
import { summaryOf } from "../../../cli/plan/summary";

const root = join(__dirname, "../../..");

/** Builds of each example. */
const BUILDS: Readonly<Record<string, number>> = {
    "Pulumi.fleet.yaml": 5,
    "Pulumi.minimal.yaml": 2,
    "Pulumi.prod.yaml": 0,
    "Pulumi.staging.yaml": 0,
};

it("knows every example", () => {
    expect(readdirSync(join(root, "examples")).sort()).toEqual(Object.keys(BUILDS));
});

it.each(Object.entries(BUILDS))("plans examples/%s with %i builds", async (file, builds) => {
    const recording = await recordStack({ stack: "example", configFile: `examples/${file}` });
    expect(summaryOf(recording).builds).toBe(builds);
    expect(recording.assumedSecrets).toEqual([]);
});
