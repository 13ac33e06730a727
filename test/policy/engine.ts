import * as pulumi from "@pulumi/pulumi";

import { runWithMonitor } from "../../cli/engine/monitor";
import { policies } from "../../policy/pack";
import { type ResourceValidationArgs, Secret, unknownCheckingProxy } from "../../policy/sdk";

/** A resource as the program sends it to the engine, with the marks of secret and unknown values. */
export interface Sent {
    readonly type: string;
    readonly name: string;
    readonly urn: string;
    readonly properties: Readonly<Record<string, unknown>>;
}

/** What providers would say. */
export interface Mocks {
    /** Answers every question. */
    readonly answer: () => Record<string, unknown>;
    /** What a provider adds to the inputs of the resource of this name. */
    readonly added: (name: string) => Record<string, unknown>;
}

/** Runs a program against mocks and returns what it sends. */
export async function sentBy(
    program: () => Promise<Record<string, unknown>>,
    mocks: Mocks,
    preview: boolean,
): Promise<readonly Sent[]> {
    const sent: Sent[] = [];
    const settings = {
        project: "multiarch",
        stack: "test",
        organization: "organization",
        preview,
        parallel: Number.MAX_SAFE_INTEGER,
        config: {},
        secretKeys: [],
    };
    await runWithMonitor(program, settings, {
        register: ({ type, name, urn, inputs }) => {
            sent.push({ type, name, urn, properties: inputs });
            const state = { ...inputs, ...mocks.added(name) };
            return Promise.resolve({ id: preview ? "" : `${name}-id`, state });
        },
        read: ({ inputs }) => Promise.resolve(inputs),
        invoke: () => Promise.resolve(mocks.answer()),
        outputs: () => undefined,
    });
    return sent;
}

/**
 * Shows resources to the pack as the CLI does: first to what may change a resource, with its secrets marked, then to
 * what checks it, without marks and behind the SDK's proxy for unknown values. Returns `RULE RESOURCE: TEXT`.
 *
 * That the CLI does so is shown by a preview with `--policy-pack policy`, not here.
 */
export async function analyze(
    resources: readonly Sent[],
    config: Readonly<Record<string, object>> = {},
): Promise<readonly string[]> {
    const reports: string[] = [];
    for (const { properties, ...resource } of resources) {
        for (const policy of policies) {
            const args = (props: unknown) =>
                ({
                    ...resource,
                    props,
                    getConfig: () => config[policy.name] ?? {},
                }) as unknown as ResourceValidationArgs;
            await policy.remediateResource?.(
                args(received(properties, (value) => new Secret(value))),
            );
            for (const validate of [policy.validateResource ?? []].flat()) {
                const props = unknownCheckingProxy(received(properties, (value) => value));
                await validate(args(props), (text) => {
                    reports.push(`${policy.name} ${resource.name}: ${text}`);
                });
            }
        }
    }
    return reports;
}

/** Properties as the SDK receives them. */
function received(value: unknown, secret: (value: unknown) => unknown): unknown {
    if (Array.isArray(value)) {
        return value.map((entry) => received(entry, secret));
    }
    if (typeof value !== "object" || value === null) {
        return value;
    }
    const properties = value as Record<string, unknown>;
    return properties[pulumi.runtime.specialSigKey] === pulumi.runtime.specialSecretSig
        ? secret(received(properties["value"], secret))
        : Object.fromEntries(
              Object.entries(properties).map(([key, entry]) => [key, received(entry, secret)]),
          );
}
