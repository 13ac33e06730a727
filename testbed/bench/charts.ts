import { type CaseName, cases as allCases } from "./cases";
import { sides, stages } from "./colours";
import { type Cases, type Part, type PipelineRound } from "./results";
import { type Summary } from "./summary";

/** A chart as vega-lite takes it. */
export type ChartSpec = Readonly<Record<string, unknown>>;

/** Cases that get a time line of their own. */
const timelines: readonly CaseName[] = ["one", "layer-500"];

const common = {
    $schema: "https://vega.github.io/schema/vega-lite/v6.json",
    background: "white",
    config: { font: "sans-serif", view: { stroke: null } },
};

/** The round whose time is the median, or next to it. */
export function medianRound(rounds: readonly PipelineRound[]): PipelineRound | undefined {
    const sorted = [...rounds].sort((one, two) => one.program.seconds - two.program.seconds);
    return sorted[Math.floor((sorted.length - 1) / 2)];
}

/** Every chart by the name of its file. */
export function chartsOf(cases: Cases, summary: Summary): Record<string, ChartSpec> {
    const charts: Record<string, ChartSpec> = { "medians.svg": barChart(summary) };
    for (const name of timelines) {
        const result = cases[name];
        const round = result?.kind === "pipeline" ? medianRound(result.rounds) : undefined;
        if (round !== undefined) {
            charts[`timeline-${name}.svg`] = ganttChart(allCases[name].title, round);
        }
    }
    return charts;
}

function barChart(summary: Summary): ChartSpec {
    const shown = ["seed", "program", "floor", "up program", "up bare"];
    const colour = { domain: Object.keys(sides), range: Object.values(sides) };
    const plots = Object.values(summary.cases).map(({ title, rounds, values: all }) => {
        const values = Object.entries(all)
            .filter(([name]) => shown.includes(name))
            .map(([name, { median, min, max }]) => {
                const side = name.replace("up ", "");
                return { side, median, min, max };
            });
        const y = { field: "side", type: "nominal", title: null, sort: Object.keys(sides) };
        const x = { field: "median", type: "quantitative", title: null };
        const color = { field: "side", type: "nominal", scale: colour, legend: null };
        return {
            title: { text: `${title} (${rounds})`, anchor: "start", frame: "group" },
            data: { values },
            width: 480,
            height: { step: 18 },
            layer: [
                { mark: { type: "bar", height: 14 }, encoding: { x, y, color } },
                {
                    mark: { type: "rule", strokeWidth: 2, color: "#222222" },
                    encoding: { x: { ...x, field: "min" }, x2: { field: "max" }, y },
                },
            ],
        };
    });
    return {
        ...common,
        title: "Seconds: median and, as a line, all runs from the fastest to the slowest (rounds)",
        vconcat: plots,
        resolve: { scale: { x: "independent", y: "independent" } },
    };
}

function ganttChart(title: string, { seed, program, floor }: PipelineRound): ChartSpec {
    const { buildSeconds: build, blobSeconds, rolloutSeconds } = floor;
    const blobs = build + blobSeconds;
    const least: Part[] = [
        { row: "slowest build", stage: "whole build", from: 0, to: build },
        { row: "blobs", stage: "blobs", from: build, to: blobs },
        { row: "rollout", stage: "rollout", from: blobs, to: blobs + rolloutSeconds },
    ];
    const all = [
        { side: "seed", seconds: seed.seconds, values: seed.parts },
        { side: "program", seconds: program.seconds, values: program.parts },
        { side: "floor", seconds: floor.seconds, values: least },
    ];
    const ran = new Set(all.flatMap(({ values }) => values.map(({ stage }) => stage)));
    const domain = Object.keys(stages).filter((name) => ran.has(name));
    const colour = { domain, range: domain.map((name) => stages[name] ?? "") };
    const end = Math.max(...all.map(({ seconds }) => seconds));
    const scale = { domain: [0, end], nice: true };
    const encoding = {
        x: { field: "from", type: "quantitative", title: null, scale },
        x2: { field: "to" },
        y: { field: "row", type: "nominal", title: null, sort: null, axis: { minExtent: 150 } },
        color: { field: "stage", type: "nominal", title: null, scale: colour },
    };
    return {
        ...common,
        title: `${title}: the round of the median, in seconds`,
        vconcat: all.map(({ side, seconds, values }) => ({
            title: { text: `${side}: ${seconds.toFixed(1)} s`, anchor: "start", frame: "group" },
            data: { values },
            width: 600,
            height: { step: 20 },
            mark: { type: "bar", height: 15 },
            encoding,
        })),
        resolve: { scale: { y: "independent" } },
    };
}
