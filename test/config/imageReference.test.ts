import fc from "fast-check";

import {
    formatImageReference,
    isDigest,
    isRegistry,
    isTag,
    parseImageReference,
} from "../../config/imageReference";

const hex = "0123456789abcdef".split("");
const letter = fc.constantFrom(..."abcxyz019".split(""));
const word = fc.string({ unit: letter, minLength: 1, maxLength: 8 });
const port = fc.integer({ min: 1, max: 65535 });
const registry = fc.oneof(
    fc.tuple(word, word).map((labels) => labels.join(".")),
    fc.tuple(word, port).map(([host, number]) => `${host}:${number}`),
    fc.constant("localhost"),
);
const separator = fc.constantFrom(".", "_", "__", "-", "---", "/");
const repository = fc
    .tuple(word, fc.array(fc.tuple(separator, word), { maxLength: 4 }))
    .map(([first, rest]) => first + rest.flat().join(""));
const tag = fc
    .tuple(
        fc.constantFrom(..."aZ0_".split("")),
        fc.string({ unit: fc.constantFrom(..."aZ0_.-".split("")), maxLength: 127 }),
    )
    .map((parts) => parts.join(""));
const digest = fc
    .string({ unit: fc.constantFrom(...hex), minLength: 64, maxLength: 64 })
    .map((digits) => `sha256:${digits}`);
const reference = fc.record({
    registry,
    repository,
    tag: fc.option(tag, { nil: undefined }),
    digest: fc.option(digest, { nil: undefined }),
});

describe("an image reference", () => {
    it("is taken apart into what it was put together from", () => {
        fc.assert(
            fc.property(reference, (parts) => {
                expect(parseImageReference(formatImageReference(parts))).toEqual(parts);
            }),
        );
    });

    it("is the same again when put together, whatever text it was read from", () => {
        const unit = fc.constantFrom(..."aA0.:/@-_ ".split(""), "sha256:", "localhost", "\n");
        fc.assert(
            fc.property(fc.string({ unit }), (text) => {
                const parts = parseImageReference(text);
                expect(parts === undefined ? text : formatImageReference(parts)).toBe(text);
            }),
        );
    });

    it.each([
        ["a name without a registry", "library/alpine:3"],
        ["a registry alone", "quay.io"],
        ["a registry and a slash", "quay.io/"],
        ["an upper-case repository", "quay.io/Shop/api"],
        ["an empty component", "quay.io/shop//api"],
        ["a component that ends with a dot", "quay.io/shop./api"],
        ["three underscores", "quay.io/shop/a___b"],
        ["a repository of 256 characters", `quay.io/${"a".repeat(256)}`],
        ["an empty tag", "quay.io/shop/api:"],
        ["two tags", "quay.io/shop/api:a:b"],
        ["two digests", `quay.io/shop/api@sha256:${"0".repeat(64)}@sha256:${"0".repeat(64)}`],
        ["a digest of another algorithm", `quay.io/shop/api@sha512:${"0".repeat(128)}`],
        ["a line break at the end", "quay.io/shop/api:v1\n"],
        ["an option", "--config=x/y"],
        ["a scheme", "docker://quay.io/shop/api"],
    ])("is not %s", (_, text) => {
        expect(parseImageReference(text)).toBeUndefined();
    });
});

describe("the parts of an image reference", () => {
    it("accept the tags that the grammar generates, up to 128 characters", () => {
        fc.assert(fc.property(tag, isTag));
        expect([isTag("a".repeat(128)), isTag("a".repeat(129))]).toEqual([true, false]);
    });

    it("never accept an option, white space or a separator", () => {
        const bad = fc.constantFrom(..." \t\n/:@,;$`'\"\\é".split(""));
        fc.assert(
            fc.property(fc.string(), bad, fc.string(), (before, character, after) => {
                const text = before + character + after;
                expect([isTag(text), isTag(`-${text}`), isDigest(text)]).toEqual([
                    false,
                    false,
                    false,
                ]);
            }),
        );
    });

    it.each([
        ["quay.io", true],
        ["registry.example.com:5000", true],
        ["localhost", true],
        ["[::1]:5000", true],
        ["quay", false],
        ["quay.io:0", false],
        ["quay.io:65536", false],
        ["-quay.io", false],
        ["quay.io/shop", false],
        ["https://quay.io", false],
        ["", false],
    ])("take %j for a registry: %j", (text, expected) => {
        expect(isRegistry(text)).toBe(expected);
    });
});
