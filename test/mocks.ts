import * as pulumi from "@pulumi/pulumi";

import { type Registration as Registered, runWithMonitor } from "../cli/engine/monitor";

/** What a value is shown as that the engine does not know yet. */
export const UNKNOWN = "<unknown>";

/** What a secret value is shown as. */
export function secret(value: unknown) {
    return { secret: value };
}

/** One resource as the program registered it; other resources in it are named `TYPE NAME`. */
export interface Registration {
    /** Nothing for a resource of the stack itself. */
    readonly parent?: string;
    /** The resources that come first, sorted. */
    readonly dependencies: readonly string[];
    readonly inputs: Readonly<Record<string, unknown>>;
    /** The explicit provider; nothing for the default one. */
    readonly provider?: string;
    /** Only when set. */
    readonly deleteBeforeReplace?: true;
    /** Only when set. */
    readonly timeouts?: { readonly create: string; readonly update: string };
}

/** A question to a provider. */
export interface Invoke {
    readonly token: string;
    readonly inputs: Readonly<Record<string, unknown>>;
    readonly provider?: string;
}

/** All that a program told the engine. */
export interface Recording {
    /** By `TYPE NAME`. */
    readonly registrations: Readonly<Record<string, Registration>>;
    readonly invokes: readonly Invoke[];
    /** What each component passed to `registerOutputs`, by `TYPE NAME`. */
    readonly outputs: Readonly<Record<string, unknown>>;
    /** What the program returned. */
    readonly result: unknown;
}

/** How the mocked engine answers. */
export interface Mocks {
    /** Properties that the provider adds to a resource's inputs, e.g. a Command's `stdout`. */
    readonly state?: (resource: {
        type: string;
        name: string;
    }) => Record<string, unknown> | Promise<Record<string, unknown>>;
    /** Answers by token; any other question is an error. */
    readonly calls?: Readonly<
        Record<string, (inputs: Record<string, unknown>) => Record<string, unknown>>
    >;
    /** Whether IDs and what providers add is unknown, as in a preview of a new stack. @default false */
    readonly preview?: boolean;
}

/**
 * Runs a program against a mocked engine and returns what it registered once every registration is in.
 *
 * An output that fails ends the process, as it ends an update: no test can expect it. This shows what the program asks for. That OpenShift and the registry accept it, the end-to-end tests show.
 */
export async function record(
    program: () => unknown,
    { state = () => ({}), calls = {}, preview = false }: Mocks = {},
): Promise<Recording> {
    const invokes: Invoke[] = [];
    const registrations: Record<string, Registration> = {};
    const outputs: Record<string, unknown> = {};
    const settings = {
        project: "multiarch",
        stack: "test",
        organization: "organization",
        preview,
        parallel: Number.MAX_SAFE_INTEGER,
        config: {},
        secretKeys: [],
    };
    const result = await runWithMonitor(
        async () => {
            const result = await program();
            // Of an output without a value the SDK warns.
            return result === undefined ? {} : { result };
        },
        settings,
        {
            register: async (resource) => {
                const key = `${resource.type} ${resource.name}`;
                if (Object.hasOwn(registrations, key)) {
                    throw new Error(`registered twice: ${key}`);
                }
                registrations[key] = registrationOf(resource);
                const added = await state({ type: resource.type, name: resource.name });
                const id = preview ? "" : `${resource.name}-id`;
                return { id, state: { ...resource.inputs, ...added } };
            },
            read: async ({ type, name, inputs }) => ({
                ...inputs,
                ...(await state({ type, name })),
            }),
            invoke: ({ token, inputs, provider }) => {
                const answer = calls[token];
                if (answer === undefined) {
                    throw new Error(`unexpected invoke: ${token}`);
                }
                const given = plain(inputs);
                invokes.push({ token, inputs: given, provider: named(provider) });
                return Promise.resolve(answer(given));
            },
            outputs: (urn, given) => {
                outputs[named(urn) ?? ""] = plain(given);
            },
        },
    );
    return { registrations, invokes, outputs, result: plain(result)["result"] };
}

/** The inputs of the resource `TYPE NAME`. */
export function inputsOf({ registrations }: Pick<Recording, "registrations">, key: string) {
    const found = registrations[key];
    if (found === undefined) {
        throw new Error(`not registered: ${key}; but ${Object.keys(registrations).join(", ")}`);
    }
    return found.inputs;
}

function registrationOf(resource: Registered): Registration {
    const { create, update } = resource.timeouts;
    return {
        parent: named(resource.parent),
        dependencies: resource.dependencies.map((urn) => named(urn) ?? "").sort(),
        inputs: plain(resource.inputs),
        provider: named(resource.provider),
        deleteBeforeReplace: resource.deleteBeforeReplace || undefined,
        timeouts: create === "" ? undefined : { create, update },
    };
}

/** `TYPE NAME` out of a URN, or out of a provider's reference, which is a URN and an ID. */
function named(urn: string): string | undefined {
    const [, , types, name] = urn.split("::");
    return types === undefined || name === undefined
        ? undefined
        : `${types.split("$").at(-1) ?? ""} ${name}`;
}

/** Properties without the engine's marks for secrets and unknown values. */
function plain(properties: Readonly<Record<string, unknown>> | undefined): Record<string, unknown> {
    return unmark(properties ?? {}) as Record<string, unknown>;
}

function unmark(value: unknown): unknown {
    if (value === pulumi.runtime.unknownValue) {
        return UNKNOWN;
    }
    if (Array.isArray(value)) {
        return value.map(unmark);
    }
    if (typeof value !== "object" || value === null) {
        return value;
    }
    const properties = value as Record<string, unknown>;
    return properties[pulumi.runtime.specialSigKey] === pulumi.runtime.specialSecretSig
        ? secret(unmark(properties["value"]))
        : Object.fromEntries(
              Object.entries(properties).map(([key, entry]) => [key, unmark(entry)]),
          );
}
