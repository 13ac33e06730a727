import * as pulumi from "@pulumi/pulumi";

import { suggestion } from "./suggestion";

/** How a secret is set, which is all that the schema may know of it. */
export type SecretState = "encrypted" | "empty" | "in plain text";

/** The SDK exports it (runtime/config.ts) and strips it from its types; there is no other way to tell. */
const runtime = pulumi.runtime as unknown as { isConfigSecret(key: string): boolean };

/** Whether the stack's file holds the key, or any part of it, encrypted. */
export function isEncrypted(config: pulumi.Config, key: string): boolean {
    return runtime.isConfigSecret(`${config.name}:${key}`);
}

/** Every key that the stack sets, also those that the program does not know. */
export function keysOf(config: pulumi.Config): string[] {
    const prefix = `${config.name}:`;
    return Object.keys(pulumi.runtime.allConfig())
        .filter((key) => key.startsWith(prefix))
        .map((key) => key.slice(prefix.length));
}

/** Keys that the stack sets whose prefix is the program's but for a typing error, with the prefix that was meant. */
export function misspeltKeys(config: pulumi.Config): string[] {
    return Object.keys(pulumi.runtime.allConfig()).filter((key) => {
        const [prefix = ""] = key.split(":");
        return prefix !== config.name && suggestion(prefix, [config.name]) !== undefined;
    });
}

/**
 * The value of a key as the schema takes it: parsed from JSON if `isText` is false. The defaults in Pulumi.yaml for keys
 * that may be left out, `""` and `{}`, count as not set.
 */
export function valueOf(config: pulumi.Config, key: string, isText: boolean): unknown {
    const raw = config.get(key);
    if (raw === undefined || raw === "" || raw === "{}") {
        return undefined;
    }
    return isText ? raw : parseJson(raw);
}

/** A secret, undefined if it is not set. */
export function secretOf(config: pulumi.Config, key: string): pulumi.Output<string> | undefined {
    return secretStateOf(config, key) === undefined ? undefined : config.getSecret(key);
}

/** How a secret is set; undefined if it is not. */
export function secretStateOf(config: pulumi.Config, key: string): SecretState | undefined {
    const empty = (config.get(key) ?? "") === "";
    if (isEncrypted(config, key)) {
        return empty ? "empty" : "encrypted";
    }
    return empty ? undefined : "in plain text";
}

/** Text that is no JSON stays text, for the schema to refuse. */
function parseJson(raw: string): unknown {
    try {
        return JSON.parse(raw);
    } catch {
        return raw;
    }
}
