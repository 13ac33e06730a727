import { beforeStack, change, changeImage, minimal, problems } from "./load";

beforeAll(beforeStack);

describe("refuses, of images,", () => {
    it.each([
        {
            what: "a registry with a path",
            stack: change(minimal, { registry: { server: "quay.io/shop", pushSecret: "push" } }),
            expected: [
                'multiarch:registry.server is "quay.io/shop": expected a registry, host or host:port',
            ],
        },
        {
            what: "a destination in another registry",
            stack: changeImage({ destination: "docker.io/shop/api" }),
            expected: [
                'multiarch:images[0].destination is "docker.io/shop/api": expected a repository of the registry in multiarch:registry.server',
            ],
        },
        {
            what: "an unknown architecture",
            stack: change(minimal, { architectures: ["amd64", "mips"] }),
            expected: [
                'multiarch:architectures[1] is "mips": expected one of amd64, arm64, ppc64le, s390x',
            ],
        },
        {
            what: "a repeated architecture",
            stack: change(minimal, { architectures: ["amd64", "amd64"] }),
            expected: [
                'multiarch:architectures[1] is "amd64": expected architectures that differ, and this is the same as [0]',
            ],
        },
        {
            what: "no architecture",
            stack: change(minimal, { architectures: [] }),
            expected: [
                "multiarch:architectures is empty: expected a list of one or more architectures",
            ],
        },
        {
            what: "no image",
            stack: change(minimal, { images: [] }),
            expected: ["multiarch:images is empty: expected a list of one or more images"],
        },
        {
            what: "images that are no JSON",
            stack: change(minimal, { images: "api" }),
            expected: ['multiarch:images is "api": expected a list of one or more images'],
        },
        {
            what: "a name too long for its suffixes",
            stack: changeImage({ name: "a".repeat(41) }),
            expected: [
                'multiarch:images[0].name is "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa": expected a name of at most 40 lower-case letters, digits and "-", with no "-" at either end',
            ],
        },
        {
            what: "two images of one name and one destination",
            stack: change(minimal, {
                images: [
                    { name: "api", destination: "quay.io/shop/api" },
                    { name: "api", destination: "quay.io/shop/api" },
                ],
            }),
            expected: [
                'multiarch:images[1].name is "api": expected another name than that of images[0]',
                'multiarch:images[1].destination is "quay.io/shop/api": expected another destination than that of images[0]',
            ],
        },
        {
            what: "a destination with a tag",
            stack: changeImage({ destination: "quay.io/shop/api:latest" }),
            expected: [
                'multiarch:images[0].destination is "quay.io/shop/api:latest": expected a repository, registry/namespace/name in lower case, without tag and digest',
            ],
        },
        {
            what: "a destination without a namespace",
            stack: changeImage({ destination: "quay.io/api" }),
            expected: [
                'multiarch:images[0].destination is "quay.io/api": expected a repository, registry/namespace/name in lower case, without tag and digest',
            ],
        },
        {
            what: "a Dockerfile outside the source",
            stack: changeImage({ dockerfilePath: "docker/../../Dockerfile" }),
            expected: [
                'multiarch:images[0].dockerfilePath is "docker/../../Dockerfile": expected a path without ".." relative to contextDir',
            ],
        },
        {
            what: "an absolute context directory",
            stack: changeImage({ contextDir: "/src" }),
            expected: [
                'multiarch:images[0].contextDir is "/src": expected a path without ".." relative to the repository',
            ],
        },
        {
            what: "a build argument that the program sets",
            stack: changeImage({ buildArgs: { GOARCH: "amd64" } }),
            expected: [
                'multiarch:images[0].buildArgs.GOARCH is set (string, not shown): expected an ARG of letters, digits and "_" other than GOOS and GOARCH, which are set for each architecture',
            ],
        },
        {
            what: "a build argument that is no ARG, without its value",
            stack: changeImage({ buildArgs: { "A B": "hunter2" } }),
            expected: [
                'multiarch:images[0].buildArgs["A B"] is set (string, not shown): expected an ARG of letters, digits and "_" other than GOOS and GOARCH, which are set for each architecture',
            ],
        },
        {
            what: "a build argument that is a number, without its value",
            stack: changeImage({ buildArgs: { PIN: 1234 } }),
            expected: [
                "multiarch:images[0].buildArgs.PIN is set (number, not shown): expected text in quotes",
            ],
        },
        {
            what: "a tag with a space",
            stack: changeImage({ tags: ["latest", "a b"] }),
            expected: [
                'multiarch:images[0].tags[1] is "a b": expected a tag of at most 128 letters, digits, "_", "." and "-", in quotes, not beginning with "." or "-"',
            ],
        },
        {
            what: "a tag that YAML takes for a number",
            stack: changeImage({ tags: [1.1] }),
            expected: [
                'multiarch:images[0].tags[0] is 1.1: expected a tag of at most 128 letters, digits, "_", "." and "-", in quotes, not beginning with "." or "-"',
            ],
        },
        {
            what: "a repeated tag",
            stack: changeImage({ tags: ["latest", "latest"] }),
            expected: [
                'multiarch:images[0].tags[1] is "latest": expected tags that differ, and this is the same as [0]',
            ],
        },
        {
            what: "more than ten tags",
            stack: changeImage({ tags: Array.from({ length: 11 }, (_, index) => `v${index}`) }),
            expected: ["multiarch:images[0].tags is a list of 11: expected at most 10 tags"],
        },
        {
            what: "a short digest",
            stack: changeImage({ digest: "sha256:abc", application: {} }),
            expected: [
                'multiarch:images[0].digest is "sha256:abc": expected a digest, sha256: and 64 hexadecimal digits in lower case',
            ],
        },
        {
            what: "a digest of an image that is not deployed",
            stack: changeImage({ digest: `sha256:${"0".repeat(64)}` }),
            expected: [
                "multiarch:images[0].application is not set: expected an application, as an image with a digest is not built, only deployed",
            ],
        },
        {
            what: "an amount that is none",
            stack: changeImage({ resources: { limits: { memory: "lots" } } }),
            expected: [
                'multiarch:images[0].resources.limits.memory is "lots": expected an amount such as "500m" (CPUs) or "128Mi" (bytes)',
            ],
        },
        ...["512m", "1.5", "100m"].map((amount) => ({
            what: `memory of a part of a byte: ${amount}`,
            stack: changeImage({ resources: { limits: { memory: amount } } }),
            expected: [
                `multiarch:images[0].resources.limits.memory is "${amount}": expected an amount of whole bytes, such as "512Mi"; "m" is a thousandth`,
            ],
        })),
    ])("$what", ({ stack, expected }) => {
        expect(problems(stack)).toEqual(expected);
    });
});
