import { parseArgs } from "node:util";

import { UsageError } from "../../config/usageError";
import { type CaseName, caseNames, groups } from "./cases";

const usage = `npm run bench -- [--cases NAME,...] [--rounds N | --rounds NAME=N,...] [--quick] [--draw]
cases: ${[...caseNames, ...Object.keys(groups)].join(", ")}`;

/** What the bench was asked for. */
export interface Request {
    /** Cases with their number of rounds, in the order in which they run. */
    readonly cases: readonly { readonly name: CaseName; readonly rounds: number }[];
    /** Only draw what was measured before. */
    readonly draw: boolean;
}

/** Reads the command line; throws a {@link UsageError}. */
export function readArguments(args: readonly string[]): Request {
    const text = { type: "string" } as const;
    const flag = { type: "boolean" } as const;
    const options = { cases: text, rounds: text, quick: flag, draw: flag };
    let values;
    try {
        values = parseArgs({ args: [...args], allowPositionals: false, options }).values;
    } catch (error) {
        const message = error instanceof Error ? error.message : String(error);
        throw new UsageError(`${message.split(". ")[0] ?? message}.\n${usage}`);
    }
    const quick = values.quick === true;
    const wanted = values.cases ?? (quick ? "quick" : caseNames.join(","));
    const chosen = new Set(wanted.split(",").flatMap(namesFor));
    const rounds = roundsFrom(values.rounds ?? (quick ? "1" : "5"));
    return {
        cases: caseNames
            .filter((name) => chosen.has(name))
            .map((name) => ({ name, rounds: rounds(name) })),
        draw: values.draw === true,
    };
}

function namesFor(word: string): readonly CaseName[] {
    const names = groups[word] ?? caseNames.filter((name) => name === word);
    if (names.length === 0) {
        throw new UsageError(`there is no case ${JSON.stringify(word)}.\n${usage}`);
    }
    return names;
}

function roundsFrom(text: string): (name: CaseName) => number {
    const given = new Map<CaseName, number>();
    let rest = 5;
    for (const word of text.split(",")) {
        const [, name, digits] = /^(?:([a-z0-9-]+)=)?([1-9]\d{0,2})$/.exec(word) ?? [];
        if (digits === undefined) {
            throw new UsageError(`--rounds ${word}: expected N or NAME=N.\n${usage}`);
        }
        if (name === undefined) {
            rest = Number(digits);
        } else {
            for (const each of namesFor(name)) {
                given.set(each, Number(digits));
            }
        }
    }
    return (name) => given.get(name) ?? rest;
}
