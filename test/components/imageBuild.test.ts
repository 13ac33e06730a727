import * as pulumi from "@pulumi/pulumi";

import { ImageBuild, type ImageBuildArgs, buildIdentity } from "../../components/imageBuild";
import { UNKNOWN, inputsOf, record } from "../mocks";
import { TYPES, built, commit, digest, place, placeVariables, settings, source } from "./fixtures";

const component = "multiarch:index:ImageBuild api-arm64";
const config = `${TYPES.buildConfig} api-arm64-config`;
const build = `${TYPES.command} api-arm64-build`;

const args: ImageBuildArgs = {
    image: "api",
    architecture: "arm64",
    namespace: "shop",
    imageStream: "stream",
    source,
    settings,
    pullSecret: "push",
    publisher: "api-publisher",
    place: {},
};
const mocks = { state: () => ({ stdout: JSON.stringify(built("b")) }) };

function create(given: Partial<ImageBuildArgs> = {}) {
    return () => new ImageBuild("api-arm64", { ...args, ...given });
}

/** The identity of a build with these arguments. */
async function identity(given: Partial<ImageBuildArgs> = {}): Promise<string> {
    const { outputs } = await record(create(given), mocks);
    return (outputs[component] as { identity: string }).identity;
}

describe("ImageBuild", () => {
    it("is a BuildConfig and the Command that starts one build of it", async () => {
        const { registrations } = await record(create(), mocks);
        const { spec, ...object } = inputsOf({ registrations }, config);

        expect(Object.keys(registrations)).toEqual([component, config, build]);
        expect(registrations[component]).toEqual({ dependencies: [], inputs: {} });
        expect({ ...registrations[config], inputs: object }).toEqual({
            parent: component,
            dependencies: [],
            inputs: {
                apiVersion: "build.openshift.io/v1",
                kind: "BuildConfig",
                metadata: {
                    name: "api-arm64",
                    namespace: "shop",
                    labels: { app: "api-build", "multiarch/architecture": "arm64" },
                },
            },
        });
        expect(spec).toMatchObject({
            nodeSelector: { "kubernetes.io/arch": "arm64" },
            strategy: { dockerStrategy: { pullSecret: { name: "push" } } },
            output: { to: { name: "stream:latest-arm64" } },
        });
        expect(registrations[build]).toEqual({
            parent: component,
            dependencies: [config],
            inputs: {
                create: "exec sh build/command.sh build",
                environment: {
                    MULTIARCH_IMAGE: "api",
                    MULTIARCH_ARCHITECTURE: "arm64",
                    MULTIARCH_NAMESPACE: "shop",
                    MULTIARCH_BUILD_CONFIG: "api-arm64",
                    MULTIARCH_IMAGE_STREAM: "stream",
                    MULTIARCH_COMMIT: commit,
                    MULTIARCH_IDENTITY: await identity(),
                    MULTIARCH_PUBLISHER: "api-publisher",
                    MULTIARCH_PENDING_TIMEOUT_SECONDS: "300",
                    MULTIARCH_TIMEOUT_SECONDS: "1800",
                },
                addPreviousOutputInEnv: false,
                logging: "stderr",
            },
        });
    });

    it("tells the Command its process and the cluster when the stack does, and nothing else", async () => {
        const plain = await record(create(), mocks);
        const placed = await record(create({ place }), mocks);

        expect(inputsOf(placed, build)["environment"]).toEqual({
            ...(inputsOf(plain, build)["environment"] as object),
            ...placeVariables,
        });
    });

    it("runs the Command again when the build's image is gone, and no other's", async () => {
        const lost = new Map([
            [await identity(), "api-arm64-3"],
            ["f".repeat(40), "other-1"],
        ]);
        const again = await record(create({ lost }), mocks);
        const once = await record(create({ lost: new Map([["f".repeat(40), "other-1"]]) }), mocks);

        expect(inputsOf(again, build)["triggers"]).toEqual(["api-arm64-3"]);
        expect(inputsOf(once, build)).not.toHaveProperty("triggers");
    });

    it("clones with the Git secret that it is given", async () => {
        const recording = await record(create({ sourceSecret: "git" }), mocks);

        expect(inputsOf(recording, config)["spec"]).toMatchObject({
            source: { sourceSecret: { name: "git" } },
        });
    });

    it("registers its identity and what the Command prints", async () => {
        const { outputs } = await record(create(), mocks);

        expect(outputs).toEqual({
            [component]: {
                identity: await identity(),
                result: {
                    digest: digest("b"),
                    commit,
                    build: "build-b",
                    seconds: 61.5,
                    adopted: false,
                },
            },
        });
    });

    it("knows its identity in a preview, and nothing of the build", async () => {
        const { registrations, outputs } = await record(create(), {
            preview: true,
            state: () => ({ metadata: pulumi.runtime.unknownValue }),
        });

        expect(Object.keys(registrations)).toEqual([component, config, build]);
        expect(registrations[build]?.dependencies).toEqual([config]);
        expect(outputs).toEqual({
            [component]: { identity: await identity(), result: UNKNOWN },
        });
    });
});

describe("the identity of an ImageBuild", () => {
    it.each<[string, Partial<ImageBuildArgs>]>([
        ["the URL", { source: { ...source, url: "https://git.example.com/other.git" } }],
        ["the commit", { source: { ...source, commit: "f".repeat(40) } }],
        ["the context", { source: { ...source, contextDir: "." } }],
        ["the Dockerfile", { source: { ...source, dockerfilePath: "Dockerfile" } }],
        ["a build argument", { source: { ...source, buildArgs: { VERSION: "1.3" } } }],
        [
            "one more build argument",
            { source: { ...source, buildArgs: { VERSION: "1.2", A: "" } } },
        ],
        ["the architecture", { architecture: "amd64" }],
        ["the word for another build", { rebuild: "again" }],
    ])("changes with %s", async (_, given) => {
        expect(await identity(given)).not.toBe(await identity());
    });

    it.each<[string, Partial<ImageBuildArgs>]>([
        ["the branch that the commit was found by", { source: { ...source, ref: "v1" } }],
        ["the secrets", { pullSecret: "other", sourceSecret: "git" }],
        [
            "how the build is run",
            {
                settings: {
                    runPolicy: "Parallel",
                    imageOptimizationPolicy: "None",
                    successfulHistory: 1,
                    failedHistory: 1,
                    completionDeadlineSeconds: 60,
                    pendingTimeoutSeconds: 60,
                    resources: { limits: { cpu: "1" } },
                },
            },
        ],
        ["where the image goes", { imageStream: "other", namespace: "other" }],
        ["the publisher", { publisher: "other" }],
        [
            "where its Command finds the cluster and its process",
            { place: { runFile: "run", context: "staging", kubeconfig: "staging.yaml" } },
        ],
    ])("stays with %s", async (_, given) => {
        expect(await identity(given)).toBe(await identity());
    });

    it("can be told without the build", async () => {
        expect(buildIdentity({ architecture: "arm64", source })).toBe(await identity());
        expect(buildIdentity({ architecture: "arm64", source, rebuild: "again" })).toBe(
            await identity({ rebuild: "again" }),
        );
    });
});
