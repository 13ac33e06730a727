import * as pulumi from "@pulumi/pulumi";

import { mapTexts, SECRET } from "./recording";

/** Shorter texts would be found where they mean nothing. */
const SHORTEST = 4;

/** Takes texts out of other texts, however they are written there. */
export type Redactor = (text: string) => string;

/** A redactor of the given secrets: as they are, in JSON, and in base64, also with other text around them. */
export function redactorOf(secrets: readonly string[]): Redactor {
    const forms = secrets
        .filter((secret) => secret.length >= SHORTEST)
        .flatMap((secret) => [
            secret,
            JSON.stringify(secret).slice(1, -1),
            Buffer.from(secret).toString("base64"),
            ...[0, 1, 2].map((before) => base64Inside(secret, before)),
        ])
        .filter((form) => form.length >= SHORTEST)
        .sort((a, b) => b.length - a.length);
    return (text) => forms.reduce((rest, form) => rest.replaceAll(form, SECRET), text);
}

/** The characters of base64 that depend on the secret alone when `before` bytes modulo 3 come before it. */
function base64Inside(secret: string, before: number): string {
    const bytes = Buffer.concat([Buffer.alloc(before), Buffer.from(secret)]);
    const whole = bytes.subarray(0, bytes.length - (bytes.length % 3)).toString("base64");
    return whole.slice(Math.ceil((before * 8) / 6));
}

/** Inputs as the engine gets them, without its marks and without secrets. */
export function redactInputs(
    inputs: Readonly<Record<string, unknown>>,
    redact: Redactor,
): Record<string, unknown> {
    const bare = mapTexts(withoutSecrets(inputs), redact) as Record<string, unknown>;
    return isSecretObject(bare) ? { ...bare, ...hidden(bare, "data", "stringData") } : bare;
}

/** Whether it is a Kubernetes Secret, of which nothing but the names of its entries is shown, marked or not. */
function isSecretObject({ apiVersion, kind }: Record<string, unknown>): boolean {
    return apiVersion === "v1" && kind === "Secret";
}

function hidden(inputs: Record<string, unknown>, ...names: string[]): Record<string, unknown> {
    return Object.fromEntries(
        names
            .filter((name) => name in inputs)
            .map((name) => [name, mapTexts(inputs[name], () => SECRET)]),
    );
}

function withoutSecrets(value: unknown): unknown {
    if (Array.isArray(value)) {
        return value.map(withoutSecrets);
    }
    if (typeof value !== "object" || value === null) {
        return value;
    }
    const properties = value as Record<string, unknown>;
    if (properties[pulumi.runtime.specialSigKey] === pulumi.runtime.specialSecretSig) {
        return shapeOf(withoutSecrets(properties["value"]));
    }
    return Object.fromEntries(
        Object.entries(properties).map(([name, entry]) => [name, withoutSecrets(entry)]),
    );
}

/** A secret section keeps the names of what is in it. */
function shapeOf(value: unknown): unknown {
    if (typeof value !== "object" || value === null) {
        return SECRET;
    }
    return Array.isArray(value)
        ? value.map(shapeOf)
        : Object.fromEntries(Object.entries(value).map(([name, entry]) => [name, shapeOf(entry)]));
}
