import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import type { TopLevelSpec } from "vega-lite" with { "resolution-mode": "import" };

import { type ChartSpec, chartsOf } from "./charts";
import { documentText } from "./document";
import { readCases } from "./results";
import { summarise } from "./summary";

/** Name of the results' file in the folder of the documentation. */
export const resultsFile = "performance/bench.json";

/** Writes performance.md and the charts from the results in a folder of documentation. */
export async function draw(docs: string): Promise<void> {
    const cases = readCases(join(docs, resultsFile));
    const summary = summarise(cases);
    const charts = chartsOf(cases, summary);
    mkdirSync(join(docs, "performance"), { recursive: true });
    for (const [name, spec] of Object.entries(charts)) {
        writeFileSync(join(docs, "performance", name), `${await svgOf(spec)}\n`);
    }
    const text = documentText(cases, summary, Object.keys(charts));
    writeFileSync(join(docs, "performance.md"), text);
}

/** Draws one chart. The same chart gives the same text: without a canvas, vega guesses the widths of words. */
async function svgOf(spec: ChartSpec): Promise<string> {
    // Both are modules for import alone.
    const vega = await import("vega");
    const vegaLite = await import("vega-lite");
    const compiled = vegaLite.compile(spec as unknown as TopLevelSpec).spec;
    const view = new vega.View(vega.parse(compiled), { renderer: "none" });
    try {
        return await view.toSVG();
    } finally {
        view.finalize();
    }
}
