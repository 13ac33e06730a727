import * as pulumi from "@pulumi/pulumi";

import { loadConfig, type Config } from "../../config/loadConfig";

/** A stack's configuration: JSON values by key, secrets apart. */
export interface Stack {
    readonly values: Readonly<Record<string, unknown>>;
    readonly secrets?: Readonly<Record<string, string>>;
    /** Keys in `values` that hold an encrypted value somewhere. */
    readonly encrypted?: readonly string[];
}

/** The least that a stack has to set. */
export const minimal: Stack = {
    values: {
        namespace: { name: "shop" },
        git: { url: "https://git.example.com/shop.git" },
        registry: { pushSecret: "push" },
        images: [{ name: "api", destination: "quay.io/shop/api" }],
    },
};

/** Loads a stack's configuration as Pulumi hands it to the program. */
export function load({ values, secrets = {}, encrypted = [] }: Stack): Config {
    const texts = Object.entries(values).map(([key, value]): [string, string] => [
        `multiarch:${key}`,
        typeof value === "string" ? value : JSON.stringify(value),
    ]);
    const passwords = Object.entries(secrets).map(([key, value]): [string, string] => [
        `multiarch:${key}`,
        value,
    ]);
    const secretKeys = [...Object.keys(secrets), ...encrypted].map((key) => `multiarch:${key}`);
    pulumi.runtime.setAllConfig(Object.fromEntries([...texts, ...passwords]), secretKeys);
    return loadConfig();
}

/** Makes Pulumi say that the stack is called `dev`. */
export async function beforeStack(): Promise<void> {
    const nothing = () => Promise.reject(new Error("reading the configuration calls no provider"));
    await pulumi.runtime.setMocks({ newResource: nothing, call: nothing }, "multiarch", "dev");
}

/** The problems that a stack's configuration is refused for. */
export function problems(stack: Stack): string[] {
    const lines = refusal(stack).split("\n");
    return lines.slice(1, lines.indexOf("Next:")).map((line) => line.trim());
}

/** The error that a stack's configuration is refused with. */
export function refusal(stack: Stack): string {
    try {
        load(stack);
    } catch (error) {
        if (pulumi.RunError.isInstance(error)) {
            return error.message;
        }
        throw error;
    }
    throw new Error("the configuration was accepted");
}

/** A copy of `stack` in which some values differ; undefined takes a key away. */
export function change(stack: Stack, values: Record<string, unknown>): Stack {
    const all = Object.entries({ ...stack.values, ...values });
    return { ...stack, values: Object.fromEntries(all.filter(([, value]) => value !== undefined)) };
}

/** A copy of {@link minimal} in which some settings of the image differ. */
export function changeImage(values: Record<string, unknown>): Stack {
    return change(minimal, {
        images: [{ name: "api", destination: "quay.io/shop/api", ...values }],
    });
}
