import * as pulumi from "@pulumi/pulumi";

import {
    type Properties,
    type Question,
    type Registration,
    runWithMonitor,
    type StackSettings,
} from "./monitor";

/** A resource in a stack's state. */
export interface StateResource {
    readonly urn: string;
    readonly type: string;
    readonly name: string;
    /** Empty for a component. */
    readonly id: string;
    /** As they were declared, without marks. */
    readonly inputs: Properties;
    /** As the provider gave them, with the engine's marks for secrets. */
    readonly outputs: Properties;
}

/** What a provider does; each method rejects with the reason in words for a person. */
export interface Provider {
    create(
        resource: Registration,
        inputs: Properties,
    ): Promise<{ id: string; outputs: Properties }>;
    update(before: StateResource, inputs: Properties): Promise<Properties>;
    /** Whether a change needs another object in its place. */
    replaces(before: StateResource, inputs: Properties): boolean;
    delete(resource: StateResource): Promise<void>;
    invoke(question: Question): Promise<Properties>;
}

/** What an update did with a resource. */
export type Step = "create" | "delete" | "replace" | "same" | "update";

/** A stack between two updates. */
export interface StackState {
    /** By URN, in the order in which they were made. */
    readonly resources: ReadonlyMap<string, StateResource>;
    readonly outputs: Properties;
}

/** How an update went. */
export interface UpdateResult {
    readonly state: StackState;
    /** Steps of custom resources by URN. */
    readonly steps: ReadonlyMap<string, Step>;
    /** Why it failed; nothing when all is well. */
    readonly error?: Error;
}

/** A stack that was never updated. */
export const emptyState: StackState = { resources: new Map(), outputs: {} };

/** Who takes what an update says and does. */
export interface Listener {
    readonly step: (step: Step, resource: { readonly type: string; readonly name: string }) => void;
    readonly message: (text: string) => void;
}

/**
 * Runs a program as an update of a stack: what is declared is made so, in the order in which the program registers it; what is
 * declared no more is deleted at the end, the newest first. After a failure nothing is deleted.
 */
export async function runUpdate(
    program: () => Promise<Record<string, unknown>>,
    settings: StackSettings,
    before: StackState,
    providerOf: (type: string) => Provider,
    listener: Listener,
): Promise<UpdateResult> {
    const resources = new Map(before.resources);
    const declared = new Set<string>();
    const steps = new Map<string, Step>();
    const done = (step: Step, resource: StateResource) => {
        steps.set(resource.urn, step);
        listener.step(step, resource);
    };

    const register = async (registration: Registration) => {
        const { urn, type, name, custom } = registration;
        declared.add(urn);
        if (!custom) {
            resources.set(urn, { urn, type, name, id: "", inputs: {}, outputs: {} });
            return { id: "", state: {} };
        }
        const provider = providerOf(type);
        const inputs = plain(registration.inputs) as Properties;
        const known = resources.get(urn);
        const keep = (id: string, outputs: Properties, step: Step) => {
            const found = { urn, type, name, id, inputs, outputs };
            resources.set(urn, found);
            done(step, found);
            return { id, state: { ...registration.inputs, ...outputs } };
        };
        if (known === undefined) {
            const { id, outputs } = await provider.create(registration, inputs);
            return keep(id, outputs, "create");
        }
        if (isSame(known.inputs, inputs)) {
            return keep(known.id, known.outputs, "same");
        }
        if (!provider.replaces(known, inputs)) {
            return keep(known.id, await provider.update(known, inputs), "update");
        }
        if (registration.deleteBeforeReplace) {
            await provider.delete(known);
        }
        const { id, outputs } = await provider.create(registration, inputs);
        if (!registration.deleteBeforeReplace) {
            await provider.delete(known);
        }
        return keep(id, outputs, "replace");
    };

    // The SDK wraps what a provider says into where the value was wanted: the first reason is the one to tell.
    const failures: unknown[] = [];
    try {
        const outputs = await runWithMonitor(program, settings, {
            register: (registration) =>
                register(registration).catch((error: unknown) => {
                    failures.push(error);
                    throw error;
                }),
            read: ({ type }) =>
                Promise.reject(new Error(`nothing of the type ${type} is read here`)),
            invoke: (question) => answer(question, before, providerOf),
            outputs: () => undefined,
            log: (severity, text) => {
                if (severity !== "debug") {
                    listener.message(text);
                }
            },
        });
        for (const resource of [...resources.values()].reverse()) {
            if (!declared.has(resource.urn)) {
                if (resource.id !== "") {
                    await providerOf(resource.type).delete(resource);
                    done("delete", resource);
                }
                resources.delete(resource.urn);
            }
        }
        return { state: { resources, outputs: plain(outputs) as Properties }, steps };
    } catch (rejected) {
        const reason = failures[0] ?? rejected;
        const error = reason instanceof Error ? reason : new Error(String(reason));
        return { state: { resources, outputs: before.outputs }, steps, error };
    }
}

/** Answers what the engine itself knows; anything else is its provider's. */
async function answer(
    question: Question,
    { outputs, resources }: StackState,
    providerOf: (type: string) => Provider,
): Promise<Properties> {
    switch (question.token) {
        case "pulumi:pulumi:readStackOutputs":
            return { outputs, secretOutputNames: [] };
        case "pulumi:pulumi:readStackResourceOutputs":
            return {
                outputs: Object.fromEntries(
                    [...resources].map(([urn, { type, outputs: found }]) => [
                        urn,
                        { type, outputs: plain(found) },
                    ]),
                ),
            };
        default:
            return providerOf(question.token).invoke(question);
    }
}

/** A value without the engine's marks. */
export function plain(value: unknown): unknown {
    if (Array.isArray(value)) {
        return value.map(plain);
    }
    if (typeof value !== "object" || value === null) {
        return value;
    }
    const entries = value as Record<string, unknown>;
    return pulumi.runtime.specialSigKey in entries
        ? plain(entries["value"])
        : Object.fromEntries(Object.entries(entries).map(([key, entry]) => [key, plain(entry)]));
}

function isSame(one: unknown, other: unknown): boolean {
    return JSON.stringify(sorted(one)) === JSON.stringify(sorted(other));
}

function sorted(value: unknown): unknown {
    if (Array.isArray(value)) {
        return value.map(sorted);
    }
    return typeof value === "object" && value !== null
        ? Object.fromEntries(
              Object.entries(value)
                  .sort(([one], [other]) => (one < other ? -1 : 1))
                  .map(([key, entry]) => [key, sorted(entry)]),
          )
        : value;
}
