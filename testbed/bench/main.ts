import { join } from "node:path";

import { runMain } from "../../cli/commandLine/main";
import { paths } from "../sandbox/settings";
import { up } from "../sandbox/up";
import { processesWith } from "../../cli/stack/processes";
import { readArguments } from "./arguments";
import { Bed } from "./bed";
import { type CaseName, cases } from "./cases";
import { targetsText } from "./document";
import { describeCommit, describeMachine } from "./machine";
import { draw, resultsFile } from "./draw";
import { BareStack, noopRound } from "./noop";
import { pipelineRound } from "./pipeline";
import {
    type CaseResult,
    type NoopRound,
    type PipelineRound,
    readCases,
    saveCase,
} from "./results";
import { summarise } from "./summary";

/** The folder that results and what is drawn from them go to. */
const docs = process.env["MULTIARCH_BENCH_DOCS"] ?? join(paths.repository, "docs");

const begun = Date.now();

/** Variable by which everything is known that the bench has started. */
const marker = "MULTIARCH_BENCH";

/** `npm run bench`: see docs/performance.md. */
const help = {
    name: "bench",
    what: "Measures the guide's steps, the program and the floor, side by side.",
    usage: ["npm run bench -- [OPTION ...]"],
    options: [["see testbed/bench/arguments.ts", "which cases, and how often"]],
    failure: "a case failed",
} as const;

runMain(help, async (words) => {
    const request = readArguments(words);
    if (request.draw) {
        await draw(docs);
        return 0;
    }
    await up();
    process.env[marker] = `${process.pid}`;
    const about = {
        measured: {
            date: new Date().toISOString().slice(0, 10),
            commit: await describeCommit(),
            command: commandLine(process.argv.slice(2)),
        },
        machine: await describeMachine(),
    };
    for (const services of [1, 13]) {
        const here = request.cases.filter(({ name }) => cases[name].services === services);
        if (here.length > 0) {
            await onBed(services, async (bed) => {
                for (const { name, rounds } of here) {
                    await measure(bed, name, rounds, about);
                }
            });
        }
    }
    await draw(docs);
    process.stdout.write(targetsText(summarise(readCases(join(docs, resultsFile))).targets));
    return 0;
});

/** Makes a bed, does something on it, and takes it away whatever comes of that, also when interrupted. */
async function onBed(services: number, act: (bed: Bed) => Promise<void>): Promise<void> {
    const bed = await Bed.create(services);
    const interrupted = () => {
        say("interrupted: taking the bed away");
        endChildren();
        void bed.remove().finally(() => process.exit(130));
    };
    process.once("SIGINT", interrupted).once("SIGTERM", interrupted);
    try {
        await bed.setUp(say);
        await act(bed);
    } catch (error) {
        // At once: taking the bed away may fail as well.
        say(error instanceof Error ? error.message : String(error));
        throw error;
    } finally {
        process.off("SIGINT", interrupted).off("SIGTERM", interrupted);
        say("taking the bed away");
        await bed.remove();
    }
}

async function measure(
    bed: Bed,
    name: CaseName,
    count: number,
    about: Pick<CaseResult, "measured" | "machine">,
): Promise<void> {
    const wanted = cases[name];
    const pipelines: PipelineRound[] = [];
    const noops: NoopRound[] = [];
    const bare = wanted.kind === "noop" ? await BareStack.create(bed) : undefined;
    for (let round = 0; round < count; round++) {
        const tell = (text: string) => {
            say(`${name}, round ${round + 1} of ${count}: ${text}`);
        };
        tell("begins");
        if (wanted.kind === "pipeline") {
            pipelines.push(await pipelineRound(bed, wanted, round, tell));
        }
        if (bare !== undefined) {
            noops.push(await noopRound(bed, bare, round, tell));
        }
        // After each round: a bench that is killed has measured something all the same.
        const result: CaseResult =
            wanted.kind === "pipeline"
                ? { kind: "pipeline", ...about, rounds: pipelines }
                : { kind: "noop", ...about, rounds: noops };
        saveCase(join(docs, resultsFile), name, result, summarise);
    }
}

/** The command that does the same again. */
function commandLine(args: readonly string[]): string {
    return ["npm run bench", ...(args.length === 0 ? [] : ["--", ...args])].join(" ");
}

/** Ends what the bench has started: a pulumi that is cut off would leave its plugins running. */
function endChildren(): void {
    for (const { pid, value } of processesWith(marker)) {
        if (value === `${process.pid}`) {
            process.kill(pid, "SIGTERM");
        }
    }
}

function say(text: string): void {
    const seconds = Math.round((Date.now() - begun) / 1000);
    const time = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
    process.stderr.write(`${time.padStart(7)}  ${text}\n`);
}
