import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";

import { configTable } from "../../cli/configTable";
import { settings } from "../../config/settings";
import { beforeStack, load, type Stack } from "./load";

const root = join(__dirname, "../..");

function read(name: string): { config: Record<string, unknown> } {
    return parse(readFileSync(join(root, name), "utf8")) as { config: Record<string, unknown> };
}

function readStack(name: string): Stack {
    const entries = Object.entries(read(name).config);
    return {
        values: Object.fromEntries(
            entries.map(([key, value]) => [key.replace(/^multiarch:/, ""), value]),
        ),
    };
}

beforeAll(beforeStack);

describe("the project's files", () => {
    it("declare every top-level key in Pulumi.yaml, with type, description and the same default", () => {
        const declared = read("Pulumi.yaml").config as Record<string, Record<string, unknown>>;
        const schema = z.toJSONSchema(settings, { io: "input" });
        expect(Object.keys(declared)).toEqual(Object.keys(schema.properties ?? {}));
        for (const [key, { type, description, default: value }] of Object.entries(declared)) {
            const field = schema.properties?.[key] as z.core.JSONSchema.BaseSchema;
            const empty = type === "string" ? "" : {};
            const needed = schema.required?.includes(key) ?? false;
            expect({ key, type, value }).toEqual({
                key,
                type: field.type,
                value: needed ? undefined : (field.default ?? empty),
            });
            expect(description).toMatch(/^[A-Z]/);
        }
    });

    it("hold a dev stack with what the manifests of the Context API had", () => {
        const { git, registry, images } = load(readStack("Pulumi.dev.yaml"));
        expect(git).toEqual({
            url: "https://github.com/jordigilh/kubernaut.git",
            ref: "feature/phase2_services",
        });
        expect(registry).toEqual({ server: "quay.io", pushSecret: "quay-io-push-secret" });
        expect(images.map(({ destination, tags }) => ({ destination, tags }))).toEqual([
            { destination: "quay.io/jordigilh/context-api", tags: ["latest", "v0.1.0"] },
        ]);
    });

    it("hold a sandbox stack that is complete once its password is set", () => {
        const stack = {
            ...readStack("testbed/Pulumi.sandbox.yaml"),
            secrets: { registryPassword: "hunter2" },
        };
        const { images } = load(stack);
        expect(images.map(({ application }) => application?.probe.readiness)).toEqual([
            { initialDelaySeconds: 1, periodSeconds: 1, timeoutSeconds: 3, failureThreshold: 3 },
        ]);
    });

    it("hold the table of settings that the schema gives", () => {
        expect(readFileSync(join(root, "docs/configuration.md"), "utf8")).toBe(configTable());
    });
});
