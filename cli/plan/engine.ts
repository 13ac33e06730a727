import * as pulumi from "@pulumi/pulumi";

import type program from "../../index";
import { withoutStrays } from "./strays";

/** The program of a stack. */
export type Program = typeof program;

/** A resource as the engine gets it, with the engine's marks in its inputs. */
export interface Registered {
    readonly type: string;
    readonly name: string;
    readonly urn: string;
    /** URN of the parent; empty for a resource of the stack itself. */
    readonly parent: string;
    readonly custom: boolean;
    /** URNs. */
    readonly dependencies: readonly string[];
    readonly inputs: Readonly<Record<string, unknown>>;
}

/** A question to a provider. */
export interface Question {
    readonly token: string;
    readonly inputs: Readonly<Record<string, unknown>>;
}

/** All that a program told the engine. */
export interface Run {
    readonly registered: readonly Registered[];
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
    readonly state: (resource: Registered) => Readonly<Record<string, unknown>>;
    readonly answer: (question: Question) => Readonly<Record<string, unknown>>;
}

interface Struct {
    toJavaScript(): Record<string, unknown>;
}

interface RegisterRequest {
    getType(): string;
    getName(): string;
    getParent(): string;
    getCustom(): boolean;
    getDependenciesList(): string[];
    getObject(): Struct | undefined;
}

interface OutputsRequest {
    getUrn(): string;
    getOutputs(): Struct | undefined;
}

/** The part of the SDK's mocked engine that its types leave out. */
interface Monitor {
    newUrn(parent: string, type: string, name: string): string;
    registerResource(request: RegisterRequest, ...rest: unknown[]): unknown;
    registerResourceOutputs(request: OutputsRequest, ...rest: unknown[]): unknown;
}

/**
 * Runs a program against the SDK's mocked engine and returns what it asked for; rejects with the program's error.
 *
 * No plugin is started and nothing is asked of anybody. One run at a time: the SDK has one engine per process.
 */
export async function runProgram(run: () => Promise<unknown>, engine: Engine): Promise<Run> {
    const { project, stack, preview } = engine;
    const registered = new Map<string, Registered>();
    const questions: Question[] = [];
    const outputs = new Map<string, unknown>();
    const mocks: pulumi.runtime.Mocks = {
        newResource: ({ type, name, inputs }) => {
            const given = inputs as Record<string, unknown>;
            const resource = [...registered.values()].find(
                (one) => one.type === type && one.name === name,
            );
            return {
                id: `${name}-id`,
                state: { ...given, ...(resource === undefined ? {} : engine.state(resource)) },
            };
        },
        call: ({ token, inputs }) => {
            const question = { token, inputs: inputs as Record<string, unknown> };
            questions.push(question);
            return engine.answer(question);
        },
    };
    // The organization is what a backend without organizations says.
    await pulumi.runtime.setMocks(mocks, project, stack, preview, "organization");
    pulumi.runtime.setAllConfig({ ...engine.config }, [...engine.secretKeys]);

    // The mocks are shown neither parents nor dependencies: both are in the requests behind them.
    const monitor = pulumi.runtime.getMonitor() as unknown as Monitor;
    const register = monitor.registerResource.bind(monitor);
    const registerOutputs = monitor.registerResourceOutputs.bind(monitor);
    monitor.registerResource = (request, ...rest) => {
        const [type, name, parent] = [request.getType(), request.getName(), request.getParent()];
        const urn = monitor.newUrn(parent, type, name);
        registered.set(urn, {
            type,
            name,
            urn,
            parent,
            custom: request.getCustom(),
            dependencies: request.getDependenciesList(),
            inputs: request.getObject()?.toJavaScript() ?? {},
        });
        return register(request, ...rest);
    };
    monitor.registerResourceOutputs = (request, ...rest) => {
        outputs.set(request.getUrn(), request.getOutputs()?.toJavaScript());
        return registerOutputs(request, ...rest);
    };

    const returned = await withoutStrays(async () => {
        const value = await run();
        await pulumi.runtime.disconnect();
        return value;
    });
    const { result } = await pulumi.runtime.serializeProperties("result", { result: returned });
    return { registered: [...registered.values()], questions, outputs, result: result as unknown };
}
