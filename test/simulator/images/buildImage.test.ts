import { gunzipSync } from "node:zlib";

import { buildImage, BuildFailure } from "../../../simulator/images/buildImage";
import { expand } from "../../../simulator/images/expand";

const file = (text: string) => ({ content: Buffer.from(text), mode: 0o644 });
const context = new Map([
    ["main.go", file("package main")],
    ["config/config.yaml", file("port: 1")],
    ["config/more/extra.yaml", file("x: 1")],
]);

/** Builds a Dockerfile of these lines; the configuration, the archive as text, and the log. */
function build(lines: readonly string[], buildArgs: Record<string, string> = {}) {
    const log: string[] = [];
    const made = buildImage({
        dockerfile: lines.join("\n"),
        files: context,
        buildArgs,
        architecture: "arm64",
        labels: { commit: "c0ffee" },
        log: (line) => log.push(line),
    });
    const texts = made.blobs.map(({ content }) => content as Buffer);
    const config = texts.find((bytes) => bytes[0] === 0x7b)?.toString() ?? "";
    const archive = gunzipSync(
        texts.find((bytes) => bytes[0] === 0x1f) ?? Buffer.alloc(0),
    ).toString("latin1");
    return {
        made,
        log,
        archive,
        config: JSON.parse(config) as { architecture: string; config: Record<string, unknown> },
    };
}

describe("buildImage", () => {
    it("is stamped with the node's architecture, and holds the commit's files", () => {
        const { config, archive } = build([
            "FROM scratch",
            "WORKDIR /srv",
            "COPY main.go ./",
            "COPY config /etc/app/",
            'CMD ["/srv/main.go"]',
        ]);
        expect(config.architecture).toBe("arm64");
        expect(config.config).toMatchObject({
            Cmd: ["/srv/main.go"],
            WorkingDir: "/srv",
            Labels: { commit: "c0ffee" },
        });
        expect(archive.match(/(srv|etc)\/[\w./]+/g)).toEqual([
            "etc/app/config.yaml",
            "etc/app/more/extra.yaml",
            "srv/main.go",
        ]);
    });

    it("lets what only a RUN could make stand for itself, for its own architecture, and says so", () => {
        const { archive, log } = build([
            "FROM golang:1.26 AS build",
            "RUN go build -o /out/api .",
            "FROM scratch",
            "COPY --from=build /out/api /api",
        ]);
        expect(log).toContain("(simulated: not executed)");
        expect(log).toContain("(simulated: golang:1.26 is not pulled)");
        expect(log).toContain(
            "(simulated: /out/api of build stands for itself: a program for arm64 without code)",
        );
        expect(archive).toContain("\u007fELF");
        expect(log[0]).toBe("STEP 1/4: FROM golang:1.26 AS build");
    });

    it("has the same digest each time", () => {
        const lines = ["FROM scratch", "COPY . /"];
        expect(build(lines).made.manifest.digest).toBe(build(lines).made.manifest.digest);
    });

    it("replaces arguments in bases, paths and settings", () => {
        const lines = [
            "ARG BASE=scratch",
            "FROM ${BASE}",
            "ARG DIR=other",
            "ENV PORT=8091",
            "COPY main.go /$DIR/",
            "LABEL port=${PORT:-1}",
        ];
        const { archive, config } = build(lines, { DIR: "given" });
        expect(archive).toContain("given/main.go");
        expect(config.config["Labels"]).toMatchObject({ port: "8091" });
    });

    it.each([
        [
            "a file that the commit does not have",
            ["FROM scratch", "COPY nothing /x"],
            'building at STEP "COPY nothing": copier: stat: "/nothing": no such file or directory',
        ],
        [
            "a file that an empty stage does not have",
            ["FROM scratch AS a", "FROM scratch", "COPY --from=a /x /x"],
            'copier: stat: "/x": no such file or directory',
        ],
        [
            "an instruction that there is none of",
            ["FROM scratch", "FETCH x"],
            'Unknown instruction: "FETCH"',
        ],
        ["a Dockerfile without a base", ["# nothing"], "no FROM statement found"],
    ])("ends as a builder does for %s", (_, lines, words) => {
        expect(() => build(lines)).toThrow(BuildFailure);
        expect(() => build(lines)).toThrow(words);
    });
});

describe("expand", () => {
    it.each([
        ["$A-${A}", "1-1"],
        ["${NONE}", ""],
        ["${NONE:-${A}}", "1"],
        ["${EMPTY:-else}", "else"],
        ["${EMPTY-else}", ""],
        ["${A:+then}", "then"],
        ["${NONE:+then}", ""],
        ["\\$A", "$A"],
        ["a$", "a$"],
    ])("makes %s of variables: %s", (text, expected) => {
        expect(expand(text, { A: "1", EMPTY: "" })).toBe(expected);
    });
});
