import * as pulumi from "@pulumi/pulumi";

import { redactInputs, redactorOf } from "../../../cli/plan/redact";

const secret = 'pass"word+1';

/** A value as the engine gets it when it is secret. */
function marked(value: unknown) {
    return { [pulumi.runtime.specialSigKey]: pulumi.runtime.specialSecretSig, value };
}

describe("redactorOf", () => {
    const redact = redactorOf([secret]);

    it.each([
        ["as it is", `a ${secret} b`, "a [secret] b"],
        ["in JSON", JSON.stringify({ it: secret }), '{"it":"[secret]"}'],
        ["in base64", Buffer.from(secret).toString("base64"), "[secret]"],
    ])("takes out a secret %s", (_, text, expected) => {
        expect(redact(text)).toBe(expected);
    });

    it.each(["r:", "ro:", "rob:"])("takes it out of base64 that begins with %s", (user) => {
        const text = Buffer.from(`${user}${secret} and more`).toString("base64");
        const inner = Buffer.from(secret).toString("base64").slice(4, -4);
        expect(redact(text)).toMatch(/\[secret\]/);
        expect(redact(text)).not.toContain(inner);
    });

    it("leaves a text too short to mean anything", () => {
        expect(redactorOf(["abc"])("abcdef")).toBe("abcdef");
    });
});

describe("redactInputs", () => {
    const nothing = (text: string) => text;

    it("keeps the names in a secret section, not the values", () => {
        expect(
            redactInputs({ auth: marked([{ user: "a", retries: 3 }]), plain: "b" }, nothing),
        ).toEqual({ auth: [{ user: "[secret]", retries: "[secret]" }], plain: "b" });
    });

    it("shows nothing of a Kubernetes Secret, marked or not", () => {
        const object = { apiVersion: "v1", kind: "Secret", type: "Opaque" };
        expect(
            redactInputs({ ...object, stringData: { a: "x" }, data: { b: "eA==" } }, nothing),
        ).toEqual({ ...object, stringData: { a: "[secret]" }, data: { b: "[secret]" } });
    });

    it("shows the data of a ConfigMap, but for a known secret in it", () => {
        expect(
            redactInputs(
                { apiVersion: "v1", kind: "ConfigMap", data: { a: `x=${secret}` } },
                redactorOf([secret]),
            ),
        ).toEqual({ apiVersion: "v1", kind: "ConfigMap", data: { a: "x=[secret]" } });
    });
});
