import * as pulumi from "@pulumi/pulumi";

import { type BuildSettings, buildConfigSpec } from "../../components/buildConfigSpec";
import { settings, source } from "./fixtures";

const args = {
    architecture: "arm64",
    imageStream: "api",
    source,
    settings,
    pullSecret: "push",
} as const;

/** The spec with all that is in it known. */
function specOf(given: Parameters<typeof buildConfigSpec>[0]): Promise<unknown> {
    return new Promise((resolve) => {
        pulumi.output(buildConfigSpec(given)).apply(resolve);
    });
}

/** Paths of the values that OpenShift's API would drop. */
function emptyValues(value: unknown, path = "spec"): string[] {
    if (typeof value !== "object" || value === null) {
        return [undefined, null, "", 0, false].includes(value as never) ? [path] : [];
    }
    const entries = Object.entries(value);
    return entries.length === 0
        ? [path]
        : entries.flatMap(([key, entry]) => emptyValues(entry, `${path}.${key}`));
}

describe("buildConfigSpec", () => {
    it("builds one commit's Dockerfile on nodes of one architecture, and nothing triggers it", async () => {
        expect(await specOf(args)).toEqual({
            nodeSelector: { "kubernetes.io/arch": "arm64" },
            runPolicy: "Serial",
            successfulBuildsHistoryLimit: 3,
            failedBuildsHistoryLimit: 4,
            completionDeadlineSeconds: 1800,
            source: {
                type: "Git",
                git: { uri: "https://git.example.com/shop.git", ref: "main" },
                contextDir: "services/api",
            },
            strategy: {
                type: "Docker",
                dockerStrategy: {
                    dockerfilePath: "docker/api.Dockerfile",
                    pullSecret: { name: "push" },
                    imageOptimizationPolicy: "SkipLayers",
                    buildArgs: [
                        { name: "GOOS", value: "linux" },
                        { name: "GOARCH", value: "arm64" },
                        { name: "VERSION", value: "1.2" },
                    ],
                },
            },
            output: { to: { kind: "ImageStreamTag", name: "api:latest-arm64" } },
        });
    });

    it("adds the Git secret and the resources that are given", async () => {
        const resources = { requests: { cpu: "1" }, limits: { memory: "2Gi" } };
        const full = await specOf({
            ...args,
            sourceSecret: "git",
            settings: { ...settings, resources },
        });

        expect(full).toMatchObject({ resources, source: { sourceSecret: { name: "git" } } });
    });

    it("leaves out the optimization policy that is OpenShift's own", async () => {
        const { strategy } = (await specOf({
            ...args,
            settings: { ...settings, imageOptimizationPolicy: "None" },
        })) as { strategy: { dockerStrategy: object } };

        expect(Object.keys(strategy.dockerStrategy)).toEqual([
            "dockerfilePath",
            "pullSecret",
            "buildArgs",
        ]);
    });

    it("leaves out the context that is the whole repository", async () => {
        const { source: given } = (await specOf({
            ...args,
            source: { ...source, contextDir: "." },
        })) as { source: object };

        expect(Object.keys(given)).toEqual(["type", "git"]);
    });

    it.each<[string, Partial<BuildSettings>, string | undefined]>([
        ["the least", {}, undefined],
        ["all", { resources: { requests: { cpu: "1" } } }, "git"],
    ])("holds no value that the API would drop, with %s given", async (_, given, sourceSecret) => {
        const spec = await specOf({
            ...args,
            source: { ...source, contextDir: ".", buildArgs: {} },
            settings: { ...settings, ...given },
            sourceSecret,
        });

        expect(emptyValues(spec)).toEqual([]);
    });
});
