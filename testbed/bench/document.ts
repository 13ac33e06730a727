import { type CaseResult, type Cases } from "./results";
import { method } from "./method";
import { type CaseSummary, type Summary, type Target } from "./summary";
import { type Spread } from "./statistics";

/** The text of docs/performance.md: nothing in it but what the results say. */
export function documentText(cases: Cases, summary: Summary, charts: readonly string[]): string {
    const shown = charts.map((name) => `![${titleOf(name)}](performance/${name})\n\n`);
    return `# Performance

<!-- Written by testbed/bench (npm run bench, in testbed/) from its raw data, which is not kept here: do not edit. -->

## Aims

| What | At most | Measured | |
| --- | --- | --- | --- |
${summary.targets.map(targetLine).join("")}
## Medians

${shown.join("")}${Object.values(summary.cases).map(caseTable).join("")}## Measured by

| Case | Rounds | Date | Commit | Command |
| --- | --- | --- | --- | --- |
${Object.entries(cases).map(measuredLine).join("")}
${machines(cases)}
${method}`;
}

function titleOf(chart: string): string {
    return chart === "medians.svg" ? "Medians and spread of every case" : "Time line of a round";
}

/** The aims, for a terminal. */
export function targetsText(targets: readonly Target[]): string {
    return targets
        .map(({ what, limit, unit, value, met }) => {
            const verdict = met === undefined ? "" : met ? ", met" : ", NOT met";
            const result = value === undefined ? "not measured" : `${round(value)} ${unit}`;
            return `${what}: ${result.trim()} (at most ${limit}${verdict})\n`;
        })
        .join("");
}

function targetLine({ what, limit, unit, value, met }: Target): string {
    const shown = (number: number) => `${round(number)}${unit === "" ? "" : ` ${unit}`}`;
    const result = value === undefined ? "not measured" : shown(value);
    const verdict = met === undefined ? "" : met ? "met" : "**not met**";
    return `| ${what} | ${shown(limit)} | ${result} | ${verdict} |\n`;
}

function caseTable({ title, rounds, values, ratios }: CaseSummary): string {
    const lines = Object.entries(values).map(([name, spread]) => spreadLine(name, spread));
    const divided = Object.entries(ratios).map(([name, ratio]) => `${name} ${round(ratio)}`);
    return `### ${title.charAt(0).toUpperCase()}${title.slice(1)}

${rounds} ${rounds === 1 ? "round" : "rounds"}; ${divided.join("; ")}.

| | Median | Quartiles | Least | Most |
| --- | --- | --- | --- | --- |
${lines.join("")}
`;
}

function spreadLine(name: string, { median, quartiles, min, max }: Spread): string {
    const [low, high] = quartiles;
    return `| ${name} | ${round(median)} | ${round(low)} to ${round(high)} | ${round(min)} | ${round(max)} |\n`;
}

function measuredLine([name, { rounds, measured }]: [string, CaseResult]): string {
    const { date, commit, command } = measured;
    return `| \`${name}\` | ${rounds.length} | ${date} | ${commit} | \`${command}\` |\n`;
}

/** Each machine that measured something, once. */
function machines(cases: Cases): string {
    const texts = Object.values(cases).map(({ machine }) =>
        Object.entries(machine)
            .map(([name, value]) => `- ${name}: ${value}\n`)
            .join(""),
    );
    return [...new Set(texts)].map((text) => `The machine:\n\n${text}`).join("\n");
}

/** As many digits as mean something. */
function round(value: number): string {
    return value.toFixed(Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2);
}
