import { loadConfig } from "../../../config/loadConfig";
import { planText } from "../../../cli/plan/planText";
import { recordStack } from "../../../cli/plan/recordStack";
import type { Recording } from "../../../cli/plan/recording";
import { minimal, removeFolders, stackFolder } from "./stackFolder";

afterAll(removeFolders);

function inputsOf({ resources }: Recording, key: string): Readonly<Record<string, unknown>> {
    return resources.find((one) => one.key === key)?.inputs ?? {};
}

/** The error that the program ends with, as `pulumi up` would show it. */
async function refusal(values: Readonly<Record<string, unknown>>): Promise<unknown> {
    return recordStack({ root: stackFolder(values) }).then(
        () => "none",
        (error: unknown) => error,
    );
}

describe("a recording", () => {
    it("holds no secret, in plain or in base64", async () => {
        const password = "correct-horse-battery";
        const token = "staple/of/tokens";
        const values = { ...minimal, gitUsername: "bot", registry: { username: "robot" } };
        const recording = await recordStack({
            root: stackFolder(values),
            secrets: { registryPassword: password, gitPassword: token },
        });
        const all =
            JSON.stringify([recording, [...recording.standIns]]) + planText(recording, "all");
        for (const text of [password, token, `robot:${password}`]) {
            expect(all).not.toContain(text);
            expect(all).not.toContain(Buffer.from(text).toString("base64").replace(/=+$/, ""));
        }
        expect(inputsOf(recording, "Secret multiarch-push")["stringData"]).toEqual({
            ".dockerconfigjson": "[secret]",
        });
        expect(inputsOf(recording, "Secret multiarch-source")["stringData"]).toEqual({
            username: "[secret]",
            password: "[secret]",
        });
    });

    it("takes a missing password to be set and says so", async () => {
        const values = { ...minimal, registry: { username: "robot" } };
        const recording = await recordStack({ root: stackFolder(values) });
        expect(recording.assumedSecrets).toEqual(["multiarch:registryPassword"]);
        expect(planText(recording, "tree").split("\n")[4]).toBe(
            "  secrets: not in Pulumi.dev.yaml, taken to be set: multiarch:registryPassword",
        );
    });

    it("takes an encrypted password without decrypting it", async () => {
        const registry = { username: "robot" };
        const values = { ...minimal, registry, registryPassword: { secure: "v1:AAAA:BBBB" } };
        const recording = await recordStack({ root: stackFolder(values) });
        expect(recording.assumedSecrets).toEqual([]);
        expect(JSON.stringify(recording)).not.toContain("v1:AAAA:BBBB");
    });

    it("refuses a configuration with the words of pulumi up", async () => {
        const error = await refusal({ ...minimal, namespace: { name: "Shop" }, colour: "red" });
        expect(error).toMatchObject({ __pulumiRunError: true });
        // The configuration is still the refused one: the program's own check says the same.
        expect(() => loadConfig()).toThrow((error as Error).message);
        expect((error as Error).message.split("\n")[0]).toBe(
            "The configuration of stack dev has 2 problems:",
        );
    });

    it("does not repeat a password that is in plain text", async () => {
        const registry = { username: "robot" };
        const error = await refusal({ ...minimal, registry, registryPassword: "in-plain-sight" });
        expect((error as Error).message).toContain("multiarch:registryPassword");
        expect((error as Error).message).not.toContain("in-plain-sight");
    });
});
