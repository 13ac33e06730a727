import { TYPES, digest } from "./components/fixtures";
import { inputsOf } from "./mocks";
import { readme, digests, stack, promoted, run, countsOf } from "./stackProgram";

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
            "pulumi:providers:command": 1,
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
                "pulumi:providers:command commands",
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
