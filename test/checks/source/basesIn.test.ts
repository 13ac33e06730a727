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
            [[1, one]],
        ],
        ["a builder that is the last", `FROM --platform=\${BUILDPLATFORM} ${one}`, [[1, one]]],
        ["an image copied from", `FROM a\nCOPY --from=${one} /x /x`, [[2, one]]],
        [
            "an image copied from with more flags",
            `FROM a\nCOPY --chown=1 --from=${one} /x /`,
            [[2, one]],
        ],
        [
            "an image that is mounted",
            `FROM a\nRUN --mount=type=bind,from=${one},target=/x true`,
            [[2, one]],
        ],
        ["an image copied from in quotes", `FROM a\nCOPY --from="${one}" /x /x`, [[2, one]]],
        [
            "two images of one line",
            `FROM a\nRUN --mount=from=${one},target=/x --mount=from=${two},target=/y true`,
            [
                [2, one],
                [2, two],
            ],
        ],
        [
            "an image copied from in a stage nobody uses",
            `FROM a AS x\nCOPY --from=${one} / /\nFROM b`,
            [],
        ],
        ["an option of a program", `FROM a\nRUN tool --from=${one}`, []],
        ["a default", `ARG BASE=${one}\nFROM $BASE`, [[2, one]]],
        ["a continued line", `# first\n\nFROM \\\n  # why\n  ${one}`, [[3, one]]],
        ["a quoted argument", `ARG T=${one}\nFROM "\${T}"`, [[2, one]]],
        ["single quotes", `FROM '${one}'`, [[1, one]]],
        ["a default of a default", `ARG M\nARG D=${one}\nFROM \${M:-\${D}}`, [[3, one]]],
        [
            "the platform's end",
            `FROM ${one} AS base-amd64\nFROM base-\${TARGETPLATFORM#linux/}`,
            [[1, one]],
        ],
        ["the builder's architecture", `FROM ${one} AS b-amd64\nFROM b-\${BUILDARCH}`, [[1, one]]],
        ["an empty argument", `ARG E=\nFROM \${E:-${one}}`, [[2, one]]],
        ["a here-string", `FROM a\nRUN tr a b <<<"x"\nFROM ${one}`, [[3, one]]],
        ["a here-string without quotes", `FROM a\nRUN cat <<<x\nFROM ${one}`, [[3, one]]],
        ["a shift", `FROM a\nRUN echo $((1<<BITS))\nFROM ${one}`, [[3, one]]],
        ["a shift by name", `FROM a\nRUN echo $((A<<B))\nFROM ${one}`, [[3, one]]],
        [
            "a file in line",
            `FROM a\nCOPY <<robots.txt /x/\nFROM b\nrobots.txt\nFROM ${one}`,
            [[5, one]],
        ],
        [
            "two files in line",
            `FROM a\nCOPY <<a.b <<c-d /x/\nFROM b\na.b\nFROM c\nc-d\nFROM ${one}`,
            [[7, one]],
        ],
        [
            "a here-document after a blank",
            `FROM a\nRUN cat << EOT\nFROM b\nEOT\nFROM ${one}`,
            [[5, one]],
        ],
        [
            "two of one line",
            `FROM a\nRUN cat <<A >x && cat <<B\nFROM b\nA\nFROM c\nB\nFROM ${one}`,
            [[7, one]],
        ],
        [
            "an end that is not indented",
            `FROM a\nRUN cat <<EOF\n EOF\nFROM b\nEOF\nFROM ${one}`,
            [[6, one]],
        ],
        ["no blank before it", `FROM a\nRUN cat<<EOF\nFROM ${one}`, [[3, one]]],
        ["a here-document with quotes", `FROM a\nRUN <<-"EOF"\nFROM ${one}\n\tEOF`, []],
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
