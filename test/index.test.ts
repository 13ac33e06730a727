import * as pulumi from "@pulumi/pulumi";

import { publisherScripts } from "../steps/publish/publisherScripts";
import { MANIFESTS, TYPES, commit, digest, history } from "./components/fixtures";
import { inputsOf } from "./mocks";
import { readme, password, digests, stack, run, countsOf } from "./stackProgram";

describe("a stack with one image", () => {
    it("registers exactly these resources", async () => {
        expect(Object.keys((await run(stack)).registrations).sort()).toEqual(
            [
                "pulumi:providers:command commands",
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

    it("runs every Command with a provider that starts with the others, not with the first Command", async () => {
        const { registrations } = await run(stack);
        const commands = Object.entries(registrations).filter(([key]) =>
            key.startsWith(TYPES.command),
        );

        expect(commands).toHaveLength(4);
        for (const [, { provider }] of commands) {
            expect(provider).toBe("pulumi:providers:command commands");
        }
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
        expect(Object.values(counts).reduce((sum, count) => sum + count)).toBe(26);
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

    it("hands the provider no kubeconfig of the environment: it would leave a copy of it behind", async () => {
        const before = process.env["KUBECONFIG"];
        process.env["KUBECONFIG"] = "/home/ann/.kube/config";
        try {
            const { kubeconfig } = inputsOf(
                await run(stack),
                "pulumi:providers:kubernetes cluster",
            );
            expect(kubeconfig).toBe("");
        } finally {
            if (before === undefined) {
                delete process.env["KUBECONFIG"];
            } else {
                process.env["KUBECONFIG"] = before;
            }
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
