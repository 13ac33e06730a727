import { DockerfileParser, type Instruction } from "dockerfile-ast";
import { ModifiableInstruction } from "dockerfile-ast/lib/modifiableInstruction";

import { elf } from "./elf";
import { expand } from "./expand";
import { type Image, image, layer } from "./oci";
import type { Entry } from "./tar";

/** Architectures that images are made for. */
export type Architecture = Parameters<typeof elf>[0];

/** What a build works on. */
export interface BuildInput {
    readonly dockerfile: string;
    /** Files of the context by their paths. */
    readonly files: ReadonlyMap<string, { readonly content: Buffer; readonly mode: number }>;
    readonly buildArgs: Readonly<Record<string, string>>;
    /** The node's own, which the image is stamped with, whatever its base holds. */
    readonly architecture: Architecture;
    readonly labels: Readonly<Record<string, string>>;
    /** Takes a line of the log. */
    readonly log: (line: string) => void;
}

/** A build that ends as a builder ends it, with its words. */
export class BuildFailure extends Error {}

interface Stage {
    readonly name: string;
    readonly variables: Record<string, string>;
    readonly files: Map<string, Entry>;
    readonly config: Record<string, unknown>;
    readonly architecture: Architecture;
    folder: string;
    /** Whether there may be files that nobody knows here: of a base, or of a RUN. */
    open: boolean;
}

/**
 * Makes an image from a Dockerfile and the files of its context. RUN is not executed, and the log says so; a path that only it or a
 * base could give becomes a small ELF program of the stage's architecture, and the log names it.
 */
export function buildImage(input: BuildInput): Image {
    const instructions = DockerfileParser.parse(input.dockerfile).getInstructions();
    const stages: Stage[] = [];
    const global: Record<string, string> = { ...input.buildArgs };
    instructions.forEach((instruction, index) => {
        const text = instruction.getTextContent().replaceAll(/\s*\\?\r?\n\s*/g, " ");
        input.log(`STEP ${index + 1}/${instructions.length}: ${text}`);
        const word = instruction.getInstruction().toUpperCase();
        const stage = stages.at(-1);
        if (word === "FROM") {
            stages.push(newStage(instruction, stages, global, input));
        } else if (stage === undefined) {
            setArg(instruction, global, input.buildArgs);
        } else {
            follow(word, instruction, stage, stages, input);
        }
    });
    const last = stages.at(-1);
    if (last === undefined) {
        throw new BuildFailure("no FROM statement found");
    }
    const config = {
        ...last.config,
        Labels: { ...(last.config["Labels"] as object), ...input.labels },
    };
    const entries = [...last.files.values()].sort((one, other) => (one.path < other.path ? -1 : 1));
    return image(input.architecture, config, [layer(entries, { gzip: true })], "docker");
}

function argumentsOf(instruction: Instruction, variables: Record<string, string>): string[] {
    const flags = instruction instanceof ModifiableInstruction ? instruction.getFlags() : [];
    const words = [
        ...flags.map((flag) => flag.toString()),
        ...instruction.getArguments().map((argument) => argument.getValue()),
    ];
    return words.map((word) => expand(word.replaceAll(/^["']|["']$/g, ""), variables));
}

function newStage(
    instruction: Instruction,
    stages: readonly Stage[],
    global: Record<string, string>,
    input: BuildInput,
): Stage {
    const words = argumentsOf(instruction, global).filter((word) => !word.startsWith("--"));
    const [base = "", , name = String(stages.length)] = words;
    const from = stages.find((stage) => stage.name === base);
    if (from === undefined && base !== "scratch") {
        input.log(`(simulated: ${base} is not pulled)`);
    }
    return {
        name,
        variables: {
            ...(from?.variables ?? {
                PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            }),
            TARGETARCH: input.architecture,
            TARGETOS: "linux",
        },
        files: new Map(from?.files ?? []),
        config: { ...(from?.config ?? {}) },
        architecture: input.architecture,
        folder: from?.folder ?? "/",
        open: from?.open ?? base !== "scratch",
    };
}

function setArg(
    instruction: Instruction,
    variables: Record<string, string>,
    given: Readonly<Record<string, string>>,
): void {
    for (const word of argumentsOf(instruction, variables)) {
        const [name = "", ...rest] = word.split("=");
        const value = given[name] ?? (word.includes("=") ? rest.join("=") : variables[name]);
        if (value !== undefined) {
            variables[name] = value;
        }
    }
}

function follow(
    word: string,
    instruction: Instruction,
    stage: Stage,
    stages: readonly Stage[],
    input: BuildInput,
): void {
    const words = argumentsOf(instruction, stage.variables);
    switch (word) {
        case "ARG":
            setArg(instruction, stage.variables, input.buildArgs);
            break;
        case "ENV":
            for (const pair of words.filter((it) => it.includes("="))) {
                stage.variables[pair.slice(0, pair.indexOf("="))] = pair.slice(
                    pair.indexOf("=") + 1,
                );
            }
            stage.config["Env"] = Object.entries(stage.variables).map((pair) => pair.join("="));
            break;
        case "WORKDIR":
            stage.folder = absolute(stage, words[0] ?? "/");
            stage.config["WorkingDir"] = stage.folder;
            break;
        case "COPY":
        case "ADD":
            copy(words, stage, stages, input);
            break;
        case "RUN":
            stage.open = true;
            input.log("(simulated: not executed)");
            break;
        case "ENTRYPOINT":
        case "CMD": {
            const text = instruction.getRawArgumentsContent() ?? "";
            stage.config[word === "CMD" ? "Cmd" : "Entrypoint"] = text.trim().startsWith("[")
                ? (JSON.parse(text) as string[])
                : ["/bin/sh", "-c", text];
            break;
        }
        case "LABEL":
            stage.config["Labels"] = {
                ...(stage.config["Labels"] as object | undefined),
                ...Object.fromEntries(
                    words.map((pair) => [
                        pair.slice(0, pair.indexOf("=")),
                        pair.slice(pair.indexOf("=") + 1),
                    ]),
                ),
            };
            break;
        case "USER":
            stage.config["User"] = words[0] ?? "";
            break;
        case "EXPOSE":
        case "VOLUME":
        case "SHELL":
        case "STOPSIGNAL":
        case "HEALTHCHECK":
        case "ONBUILD":
        case "MAINTAINER":
            break;
        default:
            throw new BuildFailure(`Unknown instruction: "${word}"`);
    }
}

function copy(
    words: readonly string[],
    stage: Stage,
    stages: readonly Stage[],
    input: BuildInput,
): void {
    const paths = words.filter((word) => !word.startsWith("--"));
    const from = words.find((word) => word.startsWith("--from="))?.slice("--from=".length);
    const target = paths.at(-1) ?? "/";
    for (const source of paths.slice(0, -1)) {
        const found =
            from === undefined ? inContext(source, input) : inStage(source, from, stages, input);
        const single = found.length === 1 && found[0]?.rest === "";
        const folder = target.endsWith("/") || target === "." || paths.length > 2 || !single;
        for (const { name, rest, content, mode } of found) {
            const path = absolute(
                stage,
                folder ? `${target}/${rest === "" ? name : rest}` : target,
            );
            stage.files.set(path, { path: path.slice(1), content, mode });
        }
    }
}

interface Found {
    /** Last part of the path. */
    readonly name: string;
    /** What comes below the copied folder; empty for a file that is copied itself. */
    readonly rest: string;
    readonly content: Buffer;
    readonly mode: number;
}

function inContext(source: string, { files }: BuildInput): Found[] {
    const path = source.replace(/^(\.?\/)+/, "").replace(/\/$/, "");
    const all = path === "" || path === ".";
    const found = [...files].flatMap(([file, { content, mode }]): Found[] => {
        const name = file.split("/").at(-1) ?? file;
        if (file === path) {
            return [{ name, rest: "", content, mode }];
        }
        return all || file.startsWith(`${path}/`)
            ? [{ name, rest: all ? file : file.slice(path.length + 1), content, mode }]
            : [];
    });
    if (found.length === 0) {
        throw new BuildFailure(
            `building at STEP "COPY ${source}": copier: stat: "/${path}": no such file or directory`,
        );
    }
    return found;
}

function inStage(
    source: string,
    from: string,
    stages: readonly Stage[],
    input: BuildInput,
): Found[] {
    const stage = stages.find(({ name }) => name === from) ?? stages[Number(from)];
    const path = source.startsWith("/") ? source : `/${source}`;
    const name = path.split("/").at(-1) ?? path;
    const own = [...(stage?.files ?? [])].flatMap(([file, { content, mode = 0o755 }]): Found[] => {
        const bytes = Buffer.from(content ?? "");
        if (file === path) {
            return [{ name, rest: "", content: bytes, mode }];
        }
        return file.startsWith(`${path}/`)
            ? [{ name, rest: file.slice(path.length + 1), content: bytes, mode }]
            : [];
    });
    if (own.length > 0) {
        return own;
    }
    if (stage !== undefined && !stage.open) {
        throw new BuildFailure(
            `building at STEP "COPY --from=${from} ${source}": copier: stat: "${path}": no such file or directory`,
        );
    }
    const architecture = stage?.architecture ?? input.architecture;
    input.log(
        `(simulated: ${path} of ${from} stands for itself: a program for ${architecture} without code)`,
    );
    return [{ name, rest: "", content: elf(architecture), mode: 0o755 }];
}

function absolute({ folder }: Stage, path: string): string {
    const joined = path.startsWith("/") ? path : `${folder}/${path}`;
    const parts = joined.split("/").filter((part) => part !== "" && part !== ".");
    return `/${parts.join("/")}`;
}
