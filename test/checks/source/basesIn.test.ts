import { pinnedBases } from "../../../checks/source/basesIn";

const one = `quay.io/shop/base@sha256:${"1".repeat(64)}`;
const two = `quay.io/shop/base:2@sha256:${"2".repeat(64)}`;

function images(text: string, args: Record<string, string> = {}, architecture = "amd64") {
    return pinnedBases(text, args, architecture).map(({ line, image }) => [line, image]);
}

describe("pinnedBases", () => {
    it.each<[string, string, unknown[]]>([
        ["no digest", "FROM alpine:3\nRUN true", []],
        ["scratch", "FROM scratch", []],
        ["a tag and a digest", `FROM ${two}`, [[1, two]]],
        ["a platform and a name", `from --platform=linux/amd64 ${one} as x`, [[1, one]]],
        ["an earlier stage", `FROM ${one} AS x\nFROM X`, [[1, one]]],
        ["a stage copied from", `FROM ${one} AS x\nFROM a\nCOPY --from=x / /`, [[1, one]]],
        ["a stage by number", `FROM ${one}\nFROM a\nCOPY --from=0 / /`, [[1, one]]],
        [
            "a stage that is mounted",
            `FROM ${one} AS x\nFROM a\nRUN --mount=type=bind,from=x,target=/x true`,
            [[1, one]],
        ],
        ["a stage nobody uses", `FROM ${one} AS x\nFROM a`, []],
        [
            "a builder that is copied from",
            `FROM --platform=$BUILDPLATFORM ${one} AS x\nFROM a\nCOPY --from=x / /`,
            [],
        ],
        ["a builder that is the last", `FROM --platform=\${BUILDPLATFORM} ${one}`, [[1, one]]],
        ["a default", `ARG BASE=${one}\nFROM $BASE`, [[2, one]]],
        ["a continued line", `# first\n\nFROM \\\n  # why\n  ${one}`, [[3, one]]],
        ["a here-document", `FROM a\nRUN <<EOF\nFROM ${one}\nEOF`, []],
    ])("finds in %s what is pinned", (_, text, expected) => {
        expect(images(text)).toEqual(expected);
    });

    it("takes build arguments before defaults, and those of the architecture", () => {
        expect(images(`ARG BASE=${one}\nFROM \${BASE}`, { BASE: two })).toEqual([[2, two]]);
        const text = `ARG GOARCH\nFROM ${one} AS base-amd64\nFROM ${two} AS base-arm64\nFROM base-\${GOARCH}`;
        expect(images(text)).toEqual([[2, one]]);
        expect(images(text, {}, "arm64")).toEqual([[3, two]]);
    });
});
