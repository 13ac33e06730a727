import {
    type Properties,
    type Question,
    type Registration,
    runWithMonitor,
} from "../engine/monitor";
import { withoutStrays } from "./strays";

/** The program of a stack. */
export type Program = () => Promise<Record<string, unknown>>;

/** All that a program told the engine. */
export interface Run {
    readonly registered: readonly Registration[];
    readonly questions: readonly Question[];
    /** What each component passed to `registerOutputs`, by its URN. */
    readonly outputs: ReadonlyMap<string, unknown>;
    readonly result: unknown;
}

/** What the engine knows of a stack, and what it answers. */
export interface Engine {
    readonly project: string;
    readonly stack: string;
    readonly config: Readonly<Record<string, string>>;
    readonly secretKeys: readonly string[];
    /** Whether the program may be answered with values that are not known yet. */
    readonly preview: boolean;
    /** What a provider adds to a resource's inputs. */
    readonly state: (resource: Registration) => Readonly<Record<string, unknown>>;
    readonly answer: (question: Question) => Readonly<Record<string, unknown>>;
}

/**
 * Runs a program against an engine that only takes notes, and returns what it asked for; rejects with the program's error.
 *
 * No plugin is started and nothing is asked of anybody. One run at a time: the SDK has one engine per process.
 */
export async function runProgram(run: Program, engine: Engine): Promise<Run> {
    const { project, stack, preview } = engine;
    const registered: Registration[] = [];
    const questions: Question[] = [];
    const outputs = new Map<string, Properties>();
    const settings = {
        project,
        stack,
        // What a backend without organizations says.
        organization: "organization",
        preview,
        parallel: Number.MAX_SAFE_INTEGER,
        config: engine.config,
        secretKeys: [...engine.secretKeys],
    };
    // The SDK takes a stack for every promise and every resource, and source maps make each a look-up: most of the time of
    // a plan. Nothing here shows one.
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    const result = await withoutStrays(() =>
        runWithMonitor(run, settings, {
            register: (resource) => {
                registered.push(resource);
                const state = { ...resource.inputs, ...engine.state(resource) };
                return Promise.resolve({ id: `${resource.name}-id`, state });
            },
            read: ({ inputs }) => Promise.resolve(inputs),
            invoke: (question) => {
                questions.push(question);
                return Promise.resolve(engine.answer(question));
            },
            outputs: (urn, given) => {
                outputs.set(urn, given);
            },
        }),
    ).finally(() => {
        Error.stackTraceLimit = stackTraceLimit;
    });
    return { registered, questions, outputs, result };
}
