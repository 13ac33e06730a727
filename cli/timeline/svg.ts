import { OTHER, type Timeline } from "./timeline";

// Colours that colour-blind people can tell apart (Okabe and Ito).
const COLOURS: Readonly<Record<string, string>> = {
    [OTHER.waiting]: "#cccccc",
    [OTHER.reused]: "#999999",
    FetchInputs: "#56b4e9",
    PullImages: "#e69f00",
    Build: "#0072b2",
    PostCommit: "#f0e442",
    PushImage: "#009e73",
    [OTHER.publish]: "#cc79a7",
};
const UNKNOWN = "#d55e00";

const [LEFT, WIDTH, RIGHT] = [90, 640, 70];
const [TITLE, BAR, GAP, AXIS, LEGEND] = [30, 20, 8, 34, 34];

/** Draws timelines below each other, all on one scale; the same timelines give the same bytes. */
export function svgText(timelines: readonly Timeline[]): string {
    const end = Math.max(0.1, ...timelines.map(({ seconds }) => seconds));
    const x = (seconds: number) => round(LEFT + (seconds / end) * WIDTH);
    const lines: string[] = [];
    let y = 0;
    for (const { image, commit, bars, seconds } of timelines) {
        const title = `${image}, commit ${commit}: ${seconds.toFixed(1)} s`;
        lines.push(text(LEFT, y + 20, title, ' font-weight="bold"'));
        y += TITLE;
        for (const { label, parts } of bars) {
            lines.push(text(LEFT - 8, y + 14, label, ' text-anchor="end"'));
            for (const { name, from, to } of parts) {
                const width = round(x(to) - x(from));
                const about = `${label}, ${name}: ${(to - from).toFixed(1)} s`;
                lines.push(
                    `<rect x="${x(from)}" y="${y}" width="${width}" height="${BAR}" fill="${colour(name)}"><title>${escape(about)}</title></rect>`,
                );
            }
            const last = parts.at(-1)?.to ?? 0;
            lines.push(text(x(last) + 6, y + 14, `${last.toFixed(1)} s`));
            y += BAR + GAP;
        }
        lines.push(...axis(end, x, y));
        y += AXIS;
    }
    lines.push(...legend(timelines, y));
    return svg(y + LEGEND, lines);
}

function axis(end: number, x: (seconds: number) => number, y: number): string[] {
    const step = stepFor(end);
    const ticks = Array.from({ length: Math.floor(end / step + 1e-9) + 1 }, (_, at) => at * step);
    return [
        `<line x1="${LEFT}" y1="${y}" x2="${LEFT + WIDTH}" y2="${y}" stroke="#333333"/>`,
        ...ticks.flatMap((tick) => [
            `<line x1="${x(tick)}" y1="${y}" x2="${x(tick)}" y2="${y + 4}" stroke="#333333"/>`,
            text(x(tick), y + 17, `${round(tick)} s`, ' text-anchor="middle"'),
        ]),
    ];
}

function legend(timelines: readonly Timeline[], y: number): string[] {
    const shown = timelines.flatMap(({ bars }) =>
        bars.flatMap(({ parts }) => parts.filter(({ from, to }) => to > from)),
    );
    const present = new Set(shown.map(({ name }) => name));
    const known = Object.keys(COLOURS).filter((name) => present.has(name));
    const names = [...known, ...[...present].filter((name) => !(name in COLOURS)).sort()];
    let at = LEFT;
    return names.flatMap((name) => {
        const entry = [
            `<rect x="${at}" y="${y + 4}" width="12" height="12" fill="${colour(name)}"/>`,
            text(at + 17, y + 14, name),
        ];
        at += 34 + name.length * 7;
        return entry;
    });
}

/** The least of 1, 2 and 5 times a power of ten that leaves eight ticks or fewer. */
function stepFor(end: number): number {
    const power = 10 ** Math.floor(Math.log10(end / 8));
    return [1, 2, 5, 10].map((factor) => factor * power).find((step) => end / step <= 8) ?? end;
}

function svg(height: number, lines: readonly string[]): string {
    const width = LEFT + WIDTH + RIGHT;
    return [
        `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="sans-serif" font-size="12">`,
        `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
        ...lines,
        "</svg>",
        "",
    ].join("\n");
}

function text(x: number, y: number, content: string, attributes = ""): string {
    return `<text x="${x}" y="${y}" fill="#111111"${attributes}>${escape(content)}</text>`;
}

function colour(name: string): string {
    return COLOURS[name] ?? UNKNOWN;
}

function round(value: number): number {
    return Math.round(value * 100) / 100;
}

function escape(content: string): string {
    return content
        .replaceAll("&", "&amp;")
        .replaceAll("<", "&lt;")
        .replaceAll(">", "&gt;")
        .replaceAll('"', "&quot;");
}
