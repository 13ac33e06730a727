import { readFileSync } from "node:fs";

import * as pulumi from "@pulumi/pulumi";

import type { Config } from "../../config";
import program from "../../index";
import { publisherScripts } from "../../publisherScripts";
import {
    MANIFESTS,
    TYPES,
    built,
    commit,
    digest,
    history,
    manifests,
    published,
} from "./components/fixtures";
import { type Mocks, type Recording, inputsOf, record } from "./mocks";

/** What Pulumi Cloud shows on the stack's page. */
const readme = readFileSync("Pulumi.README.md", "utf8");

// Jest cannot load it (an ES module), and no Command is run.
jest.mock("@kubernetes/client-node/dist/config.js", () => ({}));
// Nobody is asked: the commits are pinned, and there is no cluster.
jest.mock("../../preflight/prepare", () => ({
    prepare: ({ images }: Config) =>
        Promise.resolve(new Map(images.map(({ name, git }) => [name, git?.commit]))),
}));

type Values = Readonly<Record<string, unknown>>;

const password = "hunter2";
const token = "swordfish";
const digests = { amd64: digest("a"), arm64: digest("b") };

/** A stack that builds one image and runs it. */
const stack: Values = {
    namespace: { name: "shop" },
    git: { url: "https://git.example.com/shop.git", commit },
    registry: { username: "robot" },
    images: [{ name: "api", destination: "quay.io/shop/api", application: {} }],
};
const promoted: Values = {
    namespace: { name: "shop", create: false },
    images: [
        { name: "api", destination: "quay.io/shop/api", digest: digest("d"), application: {} },
    ],
};

const mocks = {
    state: ({ type, name }: { type: string; name: string }) => {
        if (type !== TYPES.command) {
            return {};
        }
        const result = name.endsWith("-publish")
            ? published
            : built(name.endsWith("-amd64-build") ? "a" : "b");
        return { stdout: JSON.stringify(result) };
    },
    calls: { [MANIFESTS]: () => manifests(digests) },
} satisfies Mocks;

/** Runs the program for a stack with these values and passwords. */
function run(
    values: Values,
    passwords: Readonly<Record<string, string>> = { registryPassword: password },
    answers: Mocks = mocks,
): Promise<Recording> {
    const entries = Object.entries(values).map(([key, value]) => [
        `multiarch:${key}`,
        typeof value === "string" ? value : JSON.stringify(value),
    ]);
    const secrets = Object.entries(passwords).map(([key, value]) => [`multiarch:${key}`, value]);
    return record(() => {
        pulumi.runtime.setAllConfig(
            Object.fromEntries([...entries, ...secrets]) as Record<string, string>,
            secrets.map(([key = ""]) => key),
        );
        return program();
    }, answers);
}

/** How many resources of each type there are. */
function countsOf({ registrations }: Recording): Record<string, number> {
    const counts: Record<string, number> = {};
    for (const key of Object.keys(registrations)) {
        const type = key.split(" ")[0] ?? "";
        counts[type] = (counts[type] ?? 0) + 1;
    }
    return counts;
}

/** Everything that is there before a resource is registered: what it and the components around it depend on, near and far. */
function firstsOf(registrations: Recording["registrations"], key: string): string[] {
    const found = new Set<string>();
    const add = (of: string | undefined) => {
        if (of === undefined) {
            return;
        }
        const { parent, dependencies = [] } = registrations[of] ?? {};
        for (const first of dependencies) {
            found.add(first);
            add(first);
        }
        add(parent);
    };
    add(key);
    return [...found].sort();
}

/** Paths of the text in which `text` is to be read outside of a secret. */
function readable(value: unknown, text: string, path = ""): string[] {
    if (typeof value === "string") {
        return value.includes(text) ? [path] : [];
    }
    if (typeof value !== "object" || value === null) {
        return [];
    }
    return Object.entries(value).flatMap(([key, entry]) =>
        key === "secret" && Object.keys(value).length === 1
            ? []
            : readable(entry, text, `${path}/${key}`),
    );
}

describe("a stack with one image", () => {
    it("registers exactly these resources", async () => {
        expect(Object.keys((await run(stack)).registrations).sort()).toEqual(
            [
                "pulumi:providers:docker registry",
                "pulumi:providers:kubernetes cluster",
                "multiarch:index:BuildProject multiarch",
                `${TYPES.namespace} multiarch-namespace`,
                `${TYPES.secret} multiarch-push`,
                "multiarch:index:PublisherAccount multiarch-publisher",
                `${TYPES.serviceAccount} multiarch-publisher-account`,
                `${TYPES.configMap} multiarch-publisher-program`,
                `${TYPES.role} multiarch-publisher-puller`,
                `${TYPES.roleBinding} multiarch-publisher-puller`,
                `${TYPES.roleBinding} multiarch-publisher-scc`,
                "multiarch:index:MultiArchImage api",
                `${TYPES.imageStream} api-stream`,
                "multiarch:index:ImageBuild api-amd64",
                `${TYPES.buildConfig} api-amd64-config`,
                `${TYPES.command} api-amd64-build`,
                "multiarch:index:ImageBuild api-arm64",
                `${TYPES.buildConfig} api-arm64-config`,
                `${TYPES.command} api-arm64-build`,
                "multiarch:index:ManifestList api",
                `${TYPES.job} api-job`,
                `${TYPES.command} api-publish`,
                "multiarch:index:Application api",
                `${TYPES.deployment} api-deployment`,
                `${TYPES.command} api-rollout`,
                `${TYPES.service} api-service`,
            ].sort(),
        );
    });

    it("puts every object in the stack's cluster, and asks the stack's registry", async () => {
        const { registrations, invokes } = await run(stack);
        const objects = Object.entries(registrations).filter(([key]) =>
            key.startsWith("kubernetes:"),
        );

        expect(objects).toHaveLength(13);
        for (const [, { provider }] of objects) {
            expect(provider).toBe("pulumi:providers:kubernetes cluster");
        }
        expect(invokes).toEqual([
            {
                token: MANIFESTS,
                inputs: { name: `quay.io/shop/api:c0ffee000000-dddddddd@${digest("d")}` },
                provider: "pulumi:providers:docker registry",
            },
        ]);
    });

    const namespace = `${TYPES.namespace} multiarch-namespace`;
    const push = `${TYPES.secret} multiarch-push`;
    const account = `${TYPES.serviceAccount} multiarch-publisher-account`;
    const role = `${TYPES.role} multiarch-publisher-puller`;
    const puller = `${TYPES.roleBinding} multiarch-publisher-puller`;
    const scc = `${TYPES.roleBinding} multiarch-publisher-scc`;
    const publisherProgram = `${TYPES.configMap} multiarch-publisher-program`;
    const stream = `${TYPES.imageStream} api-stream`;
    const [amd64, arm64] = ["amd64", "arm64"].map((architecture) => ({
        config: `${TYPES.buildConfig} api-${architecture}-config`,
        build: `${TYPES.command} api-${architecture}-build`,
    })) as [{ config: string; build: string }, { config: string; build: string }];
    const job = `${TYPES.job} api-job`;
    const publish = `${TYPES.command} api-publish`;
    const deployment = `${TYPES.deployment} api-deployment`;
    const rollout = `${TYPES.command} api-rollout`;
    const service = `${TYPES.service} api-service`;
    /** What everything of the image waits for. */
    const shared = [namespace, push, account, role, puller, scc, publisherProgram];

    it("has the components depend on what is shared, part by part", async () => {
        const { registrations } = await run(stack);
        const components = Object.entries(registrations)
            .filter(([key]) => key.startsWith("multiarch:"))
            .map(([key, { dependencies }]) => [key, dependencies]);

        expect(Object.fromEntries(components)).toEqual({
            "multiarch:index:BuildProject multiarch": [],
            "multiarch:index:PublisherAccount multiarch-publisher": [namespace, push].sort(),
            "multiarch:index:MultiArchImage api": [...shared]
                .filter((key) => key !== namespace && key !== push)
                .sort(),
            "multiarch:index:ImageBuild api-amd64": [stream],
            "multiarch:index:ImageBuild api-arm64": [stream],
            "multiarch:index:ManifestList api": [],
            "multiarch:index:Application api": [namespace, push].sort(),
        });
    });

    // From the dependencies of a resource and of every component around it: it is registered after them.
    it("has everything in order: the Job waits for its rights and for no build, the Deployment for the list", async () => {
        const { registrations } = await run(stack);
        const objects = Object.keys(registrations).filter((key) =>
            /^(kubernetes|command):/.test(key),
        );

        expect(
            Object.fromEntries(objects.map((key) => [key, firstsOf(registrations, key)])),
        ).toEqual(
            Object.fromEntries(
                Object.entries({
                    [namespace]: [],
                    [push]: [namespace],
                    [account]: [namespace, push],
                    [role]: [namespace, push],
                    [publisherProgram]: [namespace, push],
                    [puller]: [namespace, push, account, role],
                    [scc]: [namespace, push, account],
                    [stream]: shared,
                    [amd64.config]: [...shared, stream],
                    [arm64.config]: [...shared, stream],
                    [amd64.build]: [...shared, stream, amd64.config],
                    [arm64.build]: [...shared, stream, arm64.config],
                    [job]: shared,
                    [publish]: [
                        ...shared,
                        stream,
                        ...Object.values(amd64),
                        ...Object.values(arm64),
                        job,
                    ],
                    [service]: [namespace, push],
                    [deployment]: [
                        ...shared,
                        stream,
                        ...Object.values(amd64),
                        ...Object.values(arm64),
                        job,
                        publish,
                    ],
                    [rollout]: [
                        ...shared,
                        stream,
                        ...Object.values(amd64),
                        ...Object.values(arm64),
                        job,
                        publish,
                        deployment,
                    ],
                }).map(([key, firsts]) => [key, [...firsts].sort()]),
            ),
        );
    });

    it("registers nothing before what it waits for is there", async () => {
        const finished = new Set<string>();
        const missing: Record<string, string[]> = {};
        const seen: Record<string, readonly string[]> = {};
        const { registrations } = await run(
            stack,
            { registryPassword: password },
            {
                ...mocks,
                state: async (resource) => {
                    const key = `${resource.type} ${resource.name}`;
                    seen[key] = [...finished];
                    // Whoever does not wait is registered by now.
                    await new Promise((resolve) => setImmediate(resolve));
                    finished.add(key);
                    return mocks.state(resource);
                },
            },
        );
        for (const [key, before] of Object.entries(seen)) {
            const absent = firstsOf(registrations, key).filter((first) => !before.includes(first));
            if (absent.length > 0) {
                missing[key] = absent;
            }
        }

        expect(missing).toEqual({});
        expect(seen[job]).toEqual(expect.arrayContaining(shared));
        for (const { build } of [amd64, arm64]) {
            expect(seen[build]).toContain(stream);
            expect(seen[job]).not.toContain(build);
        }
    });

    it("names the same file of the run to every Command", async () => {
        const recording = await run(stack);

        for (const command of [amd64.build, arm64.build, publish, rollout]) {
            expect(inputsOf(recording, command)["environment"]).toMatchObject({
                MULTIARCH_RUN_FILE: expect.stringMatching(
                    /^\.multiarch\/run\/[0-9a-f]{12}$/,
                ) as unknown,
            });
        }
    });

    it("runs what was verified, by its digest, and never by a tag", async () => {
        const spec = inputsOf(await run(stack), `${TYPES.deployment} api-deployment`)["spec"];

        expect(spec).toMatchObject({
            template: {
                spec: {
                    containers: [{ image: `quay.io/shop/api@${digest("d")}` }],
                    imagePullSecrets: [{ name: "multiarch-push" }],
                },
            },
        });
    });

    it("runs the publisher's program of the tool that is set", async () => {
        const hashes = new Set<unknown>();
        for (const tool of ["regctl", "buildah"] as const) {
            const recording = await run({ ...stack, publisher: { tool } });

            const { template } = inputsOf(recording, `${TYPES.job} api-job`)["spec"] as {
                template: { metadata: { annotations: object }; spec: object };
            };

            expect(
                inputsOf(recording, `${TYPES.configMap} multiarch-publisher-program`)["data"],
            ).toEqual({ "publish.sh": publisherScripts[tool] });
            expect(template.spec).toMatchObject({
                containers: [
                    {
                        command: ["/bin/sh", "/input/publish.sh"],
                        volumeMounts: [
                            { name: "input", mountPath: "/input" },
                            { name: "work", mountPath: "/work" },
                        ],
                    },
                ],
                volumes: [
                    {
                        name: "input",
                        projected: {
                            sources: expect.arrayContaining([
                                { configMap: { name: "multiarch-publisher-program" } },
                            ]) as unknown,
                        },
                    },
                    { name: "work" },
                ],
            });
            hashes.add(JSON.stringify(template.metadata.annotations));
        }
        expect(hashes.size).toBe(2);
        expect(publisherScripts.regctl).toContain("regctl image copy");
        expect(publisherScripts.buildah).toContain("buildah");
    });

    it("exports what was published, and where it runs", async () => {
        expect((await run(stack)).result).toEqual({
            readme,
            images: {
                api: {
                    reference: `quay.io/shop/api@${digest("d")}`,
                    digest: digest("d"),
                    commit,
                    service: "api",
                    platforms: digests,
                    tags: ["c0ffee000000-dddddddd", "latest"],
                    builds: { amd64: history("a"), arm64: history("b") },
                    publishSeconds: 2.5,
                    builtFrom: {
                        commit,
                        url: "https://git.example.com/shop.git",
                        contextDir: ".",
                        dockerfilePath: "Dockerfile",
                        buildArgs: {},
                        architectures: ["amd64", "arm64"],
                        rebuild: "",
                    },
                },
            },
        });
    });

    it("registers the same in a preview, and asks no registry", async () => {
        const done = await run(stack);
        const { registrations, invokes } = await run(
            stack,
            { registryPassword: password },
            {
                preview: true,
                state: ({ type }) =>
                    type.startsWith("kubernetes:") ? { metadata: pulumi.runtime.unknownValue } : {},
            },
        );

        expect(Object.keys(registrations).sort()).toEqual(Object.keys(done.registrations).sort());
        expect(invokes).toEqual([]);
    });

    it("takes a namespace that exists", async () => {
        const counts = countsOf(
            await run({ ...stack, namespace: { name: "shop", create: false } }),
        );

        expect(counts[TYPES.namespace]).toBeUndefined();
        expect(Object.values(counts).reduce((sum, count) => sum + count)).toBe(25);
    });

    it("takes a push Secret that exists, and then asks the registry as nobody", async () => {
        const recording = await run({ ...stack, registry: { pushSecret: "mine" } }, {});

        expect(countsOf(recording)[TYPES.secret]).toBeUndefined();
        expect(inputsOf(recording, `${TYPES.buildConfig} api-arm64-config`)["spec"]).toMatchObject({
            strategy: { dockerStrategy: { pullSecret: { name: "mine" } } },
        });
        expect(inputsOf(recording, "pulumi:providers:docker registry")).toEqual({
            registryAuth: '[{"address":"quay.io","authDisabled":true}]',
            disableDockerDaemonCheck: "true",
            host: "ssh://unused.invalid",
        });
    });

    it("finds the cluster that the stack names, in its objects and in its Commands", async () => {
        const kubernetes = { context: "staging", kubeconfig: "clusters/staging.yaml" };
        const recording = await run({ ...stack, kubernetes });

        expect(inputsOf(recording, "pulumi:providers:kubernetes cluster")).toEqual({
            context: "staging",
            kubeconfig: "clusters/staging.yaml",
            clusterIdentifier: "test",
            enableSecretMutable: "true",
            enableConfigMapMutable: "true",
        });
        for (const command of ["api-amd64-build", "api-arm64-build", "api-publish"]) {
            expect(inputsOf(recording, `${TYPES.command} ${command}`)["environment"]).toMatchObject(
                { MULTIARCH_CONTEXT: "staging", MULTIARCH_KUBECONFIG: "clusters/staging.yaml" },
            );
        }
    });

    it("uses an image's own resources before the stack's", async () => {
        const build = { resources: { limits: { cpu: "1" } } };
        const image = { name: "api", destination: "quay.io/shop/api" };
        const own = { resources: { limits: { cpu: "2" } } };
        const config = `${TYPES.buildConfig} api-arm64-config`;
        const shared = await run({ ...stack, build, images: [image] });
        const specific = await run({ ...stack, build, images: [{ ...image, ...own }] });

        expect(inputsOf(shared, config)["spec"]).toMatchObject(build);
        expect(inputsOf(specific, config)["spec"]).toMatchObject(own);
        expect(countsOf(specific)[TYPES.deployment]).toBeUndefined();
    });
});

describe("the stack's secrets", () => {
    const secretStack = { ...stack, gitUsername: "git" };
    const passwords = { registryPassword: password, gitPassword: token };

    it("are nowhere to be read, whether in inputs, outputs or exports", async () => {
        const recording = await run(secretStack, passwords);
        // printf robot:hunter2 | base64
        const encoded = "cm9ib3Q6aHVudGVyMg==";

        for (const text of [password, token, encoded]) {
            expect(JSON.stringify(recording)).toContain(text);
            expect(readable(recording, text)).toEqual([]);
        }
    });

    it("reach the two Secrets, and the registry's provider", async () => {
        const recording = await run(secretStack, passwords);

        expect(inputsOf(recording, `${TYPES.secret} multiarch-push`)["stringData"]).toEqual({
            secret: {
                ".dockerconfigjson": '{"auths":{"quay.io":{"auth":"cm9ib3Q6aHVudGVyMg=="}}}',
            },
        });
        expect(inputsOf(recording, `${TYPES.secret} multiarch-source`)["stringData"]).toEqual({
            secret: { username: "git", password: token },
        });
        expect(inputsOf(recording, "pulumi:providers:docker registry")["registryAuth"]).toEqual({
            secret: `[{"address":"quay.io","username":"robot","password":"${password}"}]`,
        });
    });

    it("for Git go to the stack's repository and to no other", async () => {
        const image = (name: string) => ({ name, destination: `quay.io/shop/${name}` });
        const recording = await run(
            {
                ...secretStack,
                images: [
                    image("ours"),
                    { ...image("other"), git: { url: "https://elsewhere.example/x", commit } },
                    {
                        ...image("named"),
                        git: { url: "https://elsewhere.example/y", commit, sourceSecret: "own" },
                    },
                ],
            },
            passwords,
        );
        const secretOf = (name: string) => {
            const spec = inputsOf(recording, `${TYPES.buildConfig} ${name}-amd64-config`)["spec"];
            return (spec as { source: { sourceSecret?: object } }).source.sourceSecret;
        };

        expect(secretOf("ours")).toEqual({ name: "multiarch-source" });
        expect(secretOf("other")).toBeUndefined();
        expect(secretOf("named")).toEqual({ name: "own" });
    });
});

describe("a stack with 13 images", () => {
    const names = Array.from({ length: 13 }, (_, index) => `image-${index + 1}`);
    const images = names.map((name) => ({
        name,
        destination: `quay.io/shop/${name}`,
        application: {},
    }));

    it("has what they share once, and the rest for each", async () => {
        const recording = await run({ ...stack, images });

        expect(countsOf(recording)).toEqual({
            "pulumi:providers:docker": 1,
            "pulumi:providers:kubernetes": 1,
            "multiarch:index:BuildProject": 1,
            [TYPES.namespace]: 1,
            [TYPES.secret]: 1,
            "multiarch:index:PublisherAccount": 1,
            [TYPES.serviceAccount]: 1,
            [TYPES.configMap]: 1,
            [TYPES.role]: 1,
            [TYPES.roleBinding]: 2,
            "multiarch:index:MultiArchImage": 13,
            [TYPES.imageStream]: 13,
            "multiarch:index:ImageBuild": 26,
            [TYPES.buildConfig]: 26,
            [TYPES.command]: 52,
            "multiarch:index:ManifestList": 13,
            [TYPES.job]: 13,
            "multiarch:index:Application": 13,
            [TYPES.deployment]: 13,
            [TYPES.service]: 13,
        });
        expect(
            inputsOf(recording, `${TYPES.role} multiarch-publisher-puller`)["rules"],
        ).toMatchObject([{ resourceNames: names }]);
    }, 20_000);
});

describe("a stack that promotes an image", () => {
    it("builds nothing, needs no credentials, and runs the digest that it is given", async () => {
        const recording = await run(promoted, {});

        expect(Object.keys(recording.registrations).sort()).toEqual(
            [
                "pulumi:providers:docker registry",
                "pulumi:providers:kubernetes cluster",
                "multiarch:index:BuildProject multiarch",
                "multiarch:index:PromotedImage api",
                "multiarch:index:Application api",
                `${TYPES.deployment} api-deployment`,
                `${TYPES.command} api-rollout`,
                `${TYPES.service} api-service`,
            ].sort(),
        );
        expect(recording.invokes.map(({ inputs }) => inputs)).toEqual([
            { name: `quay.io/shop/api:promoted@${digest("d")}` },
        ]);
        const { template } = inputsOf(recording, `${TYPES.deployment} api-deployment`)["spec"] as {
            template: { spec: { imagePullSecrets?: object; containers: { image: string }[] } };
        };
        expect(template.spec.containers.map(({ image }) => image)).toEqual([
            `quay.io/shop/api@${digest("d")}`,
        ]);
        expect(template.spec.imagePullSecrets).toBeUndefined();
    });

    it("exports the digest and its platforms, and nothing of a build", async () => {
        expect((await run(promoted, {})).result).toEqual({
            readme,
            images: {
                api: {
                    reference: `quay.io/shop/api@${digest("d")}`,
                    digest: digest("d"),
                    platforms: digests,
                    service: "api",
                },
            },
        });
    });
});
