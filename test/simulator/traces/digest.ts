import * as fs from "node:fs";
import * as path from "node:path";

import { type Json, part } from "./facts";
import { Histories, type ObjectHistory } from "./history";

/** What a test begins with: a commit of the bed's Builds (0 is its first), one of its namespaces, or a second of the recording. */
type Begin = { readonly commit: number } | { readonly namespace: number } | { readonly at: number };

// In other beds the first commit is the update before the tests, and each test has one more.
const BEGINS: Readonly<Record<string, readonly Begin[]>> = {
    pods: [1, 3, 5, 6].map((commit) => ({ commit })),
    builds: [1, 2, 4, 5].map((commit) => ({ commit })),
    credentials: [{ commit: 1 }, { at: 131 }, { commit: 2 }, { at: 200 }, { at: 250 }],
    desk: [{ commit: 1 }, { commit: 2 }, { at: 175 }, { commit: 3 }, { commit: 4 }],
    destroy: [0, 2, 5, 8].map((commit) => ({ commit })),
    drift: [{ at: 1697 }, { at: 1722 }],
    killed: [0, 1, 2, 3, 4, 5, 6].map((namespace) => ({ namespace })),
};

/** A line of `BED.objects.jsonl`, as the traces' README has it. */
interface Line extends Json {
    readonly at: number;
    readonly type: string;
    readonly is?: Json;
    readonly change?: Json;
    readonly event?: string;
}

/** The digest's file: each different line once, each different history once. */
interface Digest {
    readonly lines: string[];
    /** Numbers of the lines: states, then events. */
    readonly histories: [number[], number[]][];
    readonly cases: { bed: string; test: string; objects: Record<string, number> }[];
}

function linesOf(file: string): Line[] {
    const text = fs.readFileSync(file, "utf8").trimEnd();
    return text.split("\n").map((line) => JSON.parse(line) as Line);
}

function kindOf(line: Line): string {
    const own = ["at", "type", "is", "change"];
    return Object.keys(line).find((key) => !own.includes(key)) ?? "";
}

/** The second in which each test of a bed begins. */
function beginnings(bed: string, tests: number, lines: readonly Line[]): number[] {
    const commits = new Map<unknown, number>();
    const namespaces: number[] = [];
    for (const line of lines) {
        if (line.type === "ADDED" && line["namespaces"] !== undefined) {
            namespaces.push(line.at);
        }
        if (line.type === "ADDED" && line["builds"] !== undefined) {
            const commit = part(line.is, "metadata", "annotations")["multiarch/commit"];
            // The BuildConfig counts the Build a moment before.
            commits.set(commit, commits.get(commit) ?? line.at - 0.2);
        }
    }
    const begins =
        BEGINS[bed] ?? Array.from({ length: tests }, (_, test) => ({ commit: test + 1 }));
    return begins.map((begin) => {
        const at =
            "at" in begin
                ? begin.at
                : "commit" in begin
                  ? [...commits.values()][begin.commit]
                  : namespaces[begin.namespace];
        if (at === undefined) {
            throw new Error(`${bed}: nothing begins with ${JSON.stringify(begin)}`);
        }
        return at;
    });
}

/** Tells a bed's histories, one chapter before its tests and one for each. */
function chapters(lines: readonly Line[], begins: readonly number[]) {
    const histories = new Histories();
    const told: Map<string, ObjectHistory>[] = [];
    for (const line of lines) {
        while (told.length < begins.length && line.at >= (begins[told.length] ?? Infinity)) {
            told.push(histories.chapter());
        }
        const kind = kindOf(line);
        const name = String(line[kind]);
        if (kind === "event") {
            const [object = "", of = ""] = name.split("/");
            histories.event({
                ...(line as unknown as { type: string; reason: string; message: string }),
                kind: object,
                name: of,
            });
        } else if (line.type === "LIST") {
            histories.knew(kind, name, line.is);
        } else if (kind !== "namespaces") {
            const type = line.type as "ADDED" | "MODIFIED" | "DELETED";
            if (line.is !== undefined) {
                histories.state(kind, name, type, line.is);
            } else if (type !== "ADDED") {
                histories.change(kind, name, type, line.change);
            }
        }
    }
    told.push(histories.chapter());
    return told;
}

/** What happened in a bed. The nodes' states were recorded in another one, and belong to the tests of nodes. */
function bedLines(folder: string, bed: string): Line[] {
    const own = linesOf(path.join(folder, `${bed}.objects.jsonl`)).filter((it) => !("nodes" in it));
    if (bed !== "nodes") {
        return own;
    }
    const nodes = linesOf(path.join(folder, "cluster.objects.jsonl")).filter((it) => "nodes" in it);
    return [...own, ...nodes].sort((one, other) => one.at - other.at);
}

function index<T>(of: T[], item: T, seen: Map<string, number>): number {
    const key = JSON.stringify(item);
    const at = seen.get(key) ?? of.push(item) - 1;
    seen.set(key, at);
    return at;
}

function digest(folder: string, tests: readonly { bed: string; test: string }[]): Digest {
    const result: Digest = { lines: [], histories: [], cases: [] };
    const lines = new Map<string, number>();
    const histories = new Map<string, number>();
    const numbers = (texts: readonly string[]) =>
        texts.map((text) => index(result.lines, text, lines));
    for (const bed of new Set(tests.map((it) => it.bed))) {
        const names = tests.filter((it) => it.bed === bed).map(({ test }) => test);
        const all = bedLines(folder, bed);
        const told = chapters(all, beginnings(bed, names.length, all));
        for (const [at, chapter] of told.entries()) {
            const objects: Record<string, number> = {};
            for (const [name, { states, events }] of chapter) {
                objects[name] = index(
                    result.histories,
                    [numbers(states), numbers(events)],
                    histories,
                );
            }
            result.cases.push({
                bed,
                test: names[at - 1] ?? "the update before the tests",
                objects,
            });
        }
    }
    return result;
}

function main([folder, faults]: readonly string[]): void {
    if (folder === undefined || faults === undefined) {
        console.error(
            "usage: test/simulator/traces/digest.ts TRACES/faults FAULTS.json > test/simulator/traces/digest.json",
        );
        process.exitCode = 2;
        return;
    }
    const tests = JSON.parse(fs.readFileSync(faults, "utf8")) as { bed: string; test: string }[];
    process.stdout.write(`${JSON.stringify(digest(folder, tests))}\n`);
}

main(process.argv.slice(2));
