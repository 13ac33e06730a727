import { execFileSync } from "node:child_process";
import {
    cpSync,
    existsSync,
    mkdirSync,
    mkdtempSync,
    readdirSync,
    readFileSync,
    rmSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { saveCase } from "../../bench/results";
import { summarise } from "../../bench/summary";
import { someCases } from "./results";

const root = join(__dirname, "../../..");
const docs = join(root, "docs");

/** Draws the results in a folder by the command that a person uses; jest cannot load the plotting library. */
function draw(folder: string): void {
    const argv = ["--require", "tsx/cjs", "testbed/bench/main.ts", "--draw"];
    const env = { ...process.env, MULTIARCH_BENCH_DOCS: folder };
    execFileSync(process.execPath, argv, { cwd: root, env });
}

function contents(folder: string): Record<string, string> {
    const charts = readdirSync(join(folder, "performance")).filter((name) => name.endsWith(".svg"));
    const names = ["performance.md", ...charts.map((name) => `performance/${name}`).sort()];
    return Object.fromEntries(
        names.map((name) => [name, readFileSync(join(folder, name), "utf8")]),
    );
}

describe("npm run bench -- --draw", () => {
    const folder = mkdtempSync(join(tmpdir(), "multiarch-bench-test-"));
    afterAll(() => {
        rmSync(folder, { recursive: true, force: true });
    });

    it("writes document and charts from the results, the same each time", () => {
        const file = join(folder, "performance/bench.json");
        for (const [name, result] of Object.entries(someCases)) {
            saveCase(file, name, result, summarise);
        }
        draw(folder);
        const first = contents(folder);
        draw(folder);
        expect(contents(folder)).toEqual(first);
        expect(Object.keys(first)).toEqual([
            "performance.md",
            "performance/medians.svg",
            "performance/timeline-one.svg",
        ]);
        const text = first["performance.md"];
        expect(text).toContain("| one service, to the seed's time | 0.50 | 0.47 | met |\n");
        expect(text).toContain("| layers of 500 MB, to the floor | 1.15 | not measured |  |\n");
        expect(text).toContain(
            "`pulumi preview`, nothing changed, one service, to the bare program's | 1.30 | 1.50 | **not met** |\n",
        );
        expect(text).toContain("- cpu: A CPU\n");
        expect(text).toContain("| `one` | 3 | 2026-01-01 | 0123456789ab | `npm run bench` |\n");
        expect(first["performance/timeline-one.svg"]).toContain("seed: 30.0 s");
        expect(first["performance/medians.svg"]).toMatch(/^<svg [^]*one service/);
    });

    it("has been done for the results in docs/", () => {
        const real = join(docs, "performance/bench.json");
        const copy = join(folder, "real");
        mkdirSync(join(copy, "performance"), { recursive: true });
        // Before the first measurement, there is nothing to be drawn and no document.
        const source = existsSync(real) ? real : join(folder, "performance/bench.json");
        cpSync(source, join(copy, "performance/bench.json"));
        draw(copy);
        const drawn = contents(copy);
        expect(existsSync(real) ? contents(docs) : drawn).toEqual(drawn);
        expect(Object.keys(drawn)).toContain("performance.md");
    });
});

describe("saveCase", () => {
    it("replaces one case and keeps the others", () => {
        const folder = mkdtempSync(join(tmpdir(), "multiarch-bench-test-"));
        const file = join(folder, "a/bench.json");
        const { one, fleet } = someCases;
        if (one?.kind !== "pipeline" || fleet === undefined) {
            throw new Error("the fixture has no such cases");
        }
        saveCase(file, "one", one, summarise);
        saveCase(file, "fleet", fleet, summarise);
        const cases = saveCase(file, "one", { ...one, rounds: one.rounds.slice(1) }, summarise);
        expect(cases["one"]?.rounds).toHaveLength(2);
        expect(cases["fleet"]).toEqual(fleet);
        rmSync(folder, { recursive: true });
    });
});
