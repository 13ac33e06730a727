import { join } from "node:path";

import * as pulumi from "@pulumi/pulumi";

import type { Config } from "../../config/loadConfig";
import type { Outside } from "../../checks/answers";
import { runFile } from "../../checks/serve";
import { program } from "../../index";
import { answersOf } from "./answers";
import type { Question } from "../engine/monitor";
import { type Engine, type Program, type Run, runProgram } from "./engine";
import { keyOf, parentOf, questionKey, roleOf } from "./keys";
import { inOrder } from "./order";
import type { RecordedQuestion, Recording } from "./recording";
import { type Redactor, redactInputs, redactorOf } from "./redact";
import { readStackConfig } from "./stackConfig";
import { StandIns } from "./standIns";

/** What to record. */
export interface RecordOptions {
    /** Folder of Pulumi.yaml. @default this repository */
    readonly root?: string;
    /** @default dev */
    readonly stack?: string;
    /** The stack's file, relative to `root`. @default Pulumi.<stack>.yaml */
    readonly configFile?: string;
    /** Values for secrets, by key without the project. @default texts that stand for them */
    readonly secrets?: Readonly<Record<string, string>>;
    /** @default index.ts */
    readonly program?: Program;
}

/**
 * Records what a stack's program asks for, without a cluster, a registry, a Git server, credentials or the Pulumi CLI.
 *
 * It shows what is asked for, not that a cluster accepts it. Rejects with the program's own error, a `RunError` for
 * the configuration. One at a time, as {@link runProgram}; replaces the program's preparation.
 */
export async function recordStack(options: RecordOptions = {}): Promise<Recording> {
    const { root = join(__dirname, "../.."), stack = "dev", configFile, secrets } = options;
    const config = readStackConfig({ root, stack, configFile, secrets });
    const standIns = new StandIns();
    let loaded: Config | undefined;
    const outside: Outside = async (given) => {
        loaded = given;
        const commits = new Map<string, string>();
        for (const { name, git } of given.images) {
            if (git !== undefined) {
                commits.set(name, await standIns.resolve(git));
            }
        }
        return {
            commits,
            lost: new Map(),
            releases: new Map(),
            account: undefined,
            runFile: runFile(given),
        };
    };
    const whole = options.program ?? (() => program(outside));
    const answers = answersOf(() => {
        if (loaded === undefined) {
            throw new Error("the program asked a provider before it prepared the update");
        }
        return loaded;
    }, standIns);
    const engine: Engine = {
        project: config.project,
        stack,
        config: config.values,
        secretKeys: config.secretKeys,
        preview: false,
        ...answers,
    };

    const redact = redactorOf(config.secrets);
    const run = await runProgram(whole, engine);
    // Once more without the answers, for all of them together: a run for each would take a fleet's square of time.
    const without = await runProgram(whole, {
        ...engine,
        preview: true,
        answer: (asked) => unknownAnswer(engine.answer(asked)),
    });
    const waiting = waitingIn(run, without);
    const questions = run.questions.map((question) =>
        recordQuestion(question, waiting, standIns, redact),
    );
    return inOrder({
        project: config.project,
        stack,
        configFile: config.file,
        assumedSecrets: config.assumed,
        resources: run.registered.map((resource) => ({
            key: keyOf(resource.urn),
            type: resource.type,
            name: resource.name,
            role: roleOf(resource),
            parent: resource.parent === "" ? undefined : keyOf(resource.parent),
            dependencies: resource.dependencies.map(keyOf),
            inputs: redactInputs(resource.inputs, redact),
        })),
        questions,
        standIns: standIns.labels,
        outputs: redactInputs({ outputs: run.result }, redact)["outputs"],
    });
}

/** What a program leaves unknown without answers, and what it is once it has them, as text. */
interface Waiting {
    readonly resources: readonly { readonly urn: string; readonly text: string }[];
    readonly components: readonly { readonly urn: string; readonly text: string }[];
}

function waitingIn(run: Run, without: Run): Waiting {
    const inputs = new Map(run.registered.map((resource) => [resource.urn, resource.inputs]));
    return {
        resources: without.registered
            .filter((resource) => isUnknown(resource.inputs))
            .map(({ urn }) => ({ urn, text: JSON.stringify(inputs.get(urn) ?? {}) })),
        components: [...without.outputs]
            .filter(([, outputs]) => isUnknown(outputs))
            .map(([urn]) => ({ urn, text: JSON.stringify(run.outputs.get(urn) ?? {}) })),
    };
}

/** Finds out who waits for an answer: what is unknown without it, and names what was asked about. */
function recordQuestion(
    question: Question,
    { resources, components }: Waiting,
    standIns: StandIns,
    redact: Redactor,
): RecordedQuestion {
    const [, repository = "", digest = ""] =
        /^(.*?)(?::[^/:@]*)?@(sha256:[0-9a-f]{64})$/.exec(String(question.inputs["name"])) ?? [];
    const inner = components
        .filter(({ text }) => text.includes(digest))
        .map(({ urn }) => urn)
        .sort((a, b) => parentOf(b).length - parentOf(a).length)[0];
    return {
        key: questionKey(question),
        inputs: redactInputs(question.inputs, redact),
        parent: inner === undefined ? undefined : keyOf(inner),
        dependencies: standIns.producersIn(JSON.stringify(question.inputs)).map(keyOf),
        awaitedBy: resources
            .filter(({ text }) => text.includes(`${repository}@${digest}`))
            .map(({ urn }) => keyOf(urn)),
    };
}

function unknownAnswer(answer: Readonly<Record<string, unknown>>): Record<string, unknown> {
    return Object.fromEntries(
        Object.keys(answer).map((name) => [name, pulumi.runtime.unknownValue]),
    );
}

function isUnknown(value: unknown): boolean {
    return (
        (JSON.stringify(value) as string | undefined)?.includes(pulumi.runtime.unknownValue) ??
        false
    );
}
