import { expandWord } from "./expandWord";

/** A `FROM` that names an image by its digest. */
export interface PinnedBase {
    /** Line of the Dockerfile, counted from 1. */
    readonly line: number;
    /** The image as the Dockerfile has it, arguments filled in, e.g. `quay.io/shop/base@sha256:...`. */
    readonly image: string;
    readonly digest: string;
}

interface Stage {
    readonly base: PinnedBase;
    readonly name: string;
    /** Stages that it copies from or mounts. */
    readonly uses: string[];
    readonly onBuilder: boolean;
}

interface Instruction {
    readonly line: number;
    readonly word: string;
    readonly rest: string;
}

/**
 * The bases by digest that a build for one architecture starts from: those of the last stage, of the stages below it,
 * and of the stages that these copy from. `FROM --platform=$BUILDPLATFORM` counts in the first two cases only.
 */
export function pinnedBases(
    dockerfile: string,
    buildArgs: Readonly<Record<string, string>>,
    architecture: string,
): readonly PinnedBase[] {
    const stages = stagesOf(dockerfile, buildArgs, architecture);
    const last = stages.length - 1;
    const found = new Map<number, PinnedBase>();
    const seen = new Set<string>();
    const visit = (index: number, isCopied: boolean): void => {
        const stage = stages[index];
        if (stage === undefined || seen.has(`${index} ${isCopied}`)) {
            return;
        }
        seen.add(`${index} ${isCopied}`);
        const below = stageNamed(stages, stage.base.image, index, false);
        if (below >= 0) {
            visit(below, isCopied);
        } else if (stage.base.digest !== "" && !(isCopied && stage.onBuilder)) {
            found.set(stage.base.line, stage.base);
        }
        for (const used of stage.uses) {
            visit(stageNamed(stages, used, index, true), true);
        }
    };
    visit(last, false);
    return [...found.values()];
}

/** The stage before `end` of that name, or number where numbers count; -1 when it is an image. */
function stageNamed(stages: readonly Stage[], name: string, end: number, numbers: boolean): number {
    if (numbers && /^\d+$/.test(name)) {
        return Number(name) < end ? Number(name) : -1;
    }
    const wanted = name.toLowerCase();
    return stages.slice(0, end).findLastIndex((stage) => stage.name === wanted);
}

function stagesOf(
    dockerfile: string,
    buildArgs: Readonly<Record<string, string>>,
    architecture: string,
): readonly Stage[] {
    // What the builder knows by itself, and what each BuildConfig gives.
    // OpenShift builds on a node of the architecture, so that the build's platform is the target's.
    const platform = Object.fromEntries(
        ["TARGET", "BUILD"].flatMap((kind) => [
            [`${kind}PLATFORM`, `linux/${architecture}`],
            [`${kind}OS`, "linux"],
            [`${kind}ARCH`, architecture],
        ]),
    );
    const values = new Map<string, string>(Object.entries(platform));
    const given = new Map(Object.entries({ GOOS: "linux", GOARCH: architecture, ...buildArgs }));
    const stages: Stage[] = [];
    const escape = escapeOf(dockerfile);
    for (const { line, word, rest } of instructionsOf(dockerfile)) {
        const stage = stages.at(-1);
        if (word === "ARG" && stage === undefined) {
            for (const word of wordsOf(rest)) {
                const [, name = "", value] = /^(\w+)(?:=([^]*))?$/.exec(word) ?? [];
                const chosen =
                    given.get(name) ??
                    (value === undefined ? undefined : expandWord(value, values, escape));
                if (chosen !== undefined) {
                    values.set(name, chosen);
                }
            }
        } else if (word === "FROM") {
            const parts = wordsOf(rest);
            const flags = parts.filter((part) => part.startsWith("--"));
            const [written = "", as = "", name = ""] = parts.filter((it) => !it.startsWith("--"));
            const image = expandWord(written, values, escape);
            const digest = /@(sha256:[0-9a-f]{64})$/.exec(image)?.[1] ?? "";
            stages.push({
                base: { line, image, digest },
                name: as.toUpperCase() === "AS" ? name.toLowerCase() : "",
                uses: [],
                onBuilder: flags.some((it) => /^--platform="?\$\{?BUILDPLATFORM\}?"?$/.test(it)),
            });
        } else if (stage !== undefined && ["ADD", "COPY", "RUN"].includes(word)) {
            const flags = /^(?:--\S+\s+)*/.exec(rest)?.[0] ?? "";
            for (const [, name = ""] of flags.matchAll(/(?:--|,|=)from=([^\s,]+)/g)) {
                stage.uses.push(name);
            }
        }
    }
    return stages;
}

/**
 * The here-documents that a line begins: `<<EOF`, `0<<-"EOF"`, `<< EOF`; not `<<<"x"` or `$((1<<BITS))`. With "-", tabs may
 * stand before the line that ends it.
 */
function hereDocumentsOf(rest: string): readonly { name: string; hasTabs: boolean }[] {
    const words = wordsOf(rest);
    return words.flatMap((word, index) => {
        const [, dash, own = ""] = /^\d*<<(-?)([^\s<]*)$/.exec(word) ?? [];
        const name = (own === "" ? (words[index + 1] ?? "") : own).replace(/^(["'])(.*)\1$/, "$2");
        return dash === undefined || name === "" ? [] : [{ name, hasTabs: dash === "-" }];
    });
}

/** What keeps a line's end or a sign from its meaning: the directive's, or a backslash. */
function escapeOf(dockerfile: string): string {
    const [first = ""] = dockerfile.replace(/^\uFEFF/, "").split(/\r?\n/);
    return /^#\s*escape\s*=\s*`\s*$/i.test(first) ? "`" : "\\";
}

/** The words of a line as a shell has them, quotes kept; braces hold a word together. */
function wordsOf(text: string): readonly string[] {
    return text.match(/(?:\$\{(?:[^{}]|\$\{[^{}]*\})*\}|"(?:[^"\\]|\\.)*"|'[^']*'|\\.|\S)+/g) ?? [];
}

/** The instructions, each on one line: continued lines joined; comments and here-documents left out. */
function* instructionsOf(dockerfile: string): Generator<Instruction> {
    const lines = dockerfile.replace(/^\uFEFF/, "").split(/\r?\n/);
    const escape = escapeOf(dockerfile);
    for (let index = 0; index < lines.length; index++) {
        if (/^\s*(?:#.*)?$/.test(lines[index] ?? "")) {
            continue;
        }
        const line = index + 1;
        let text = "";
        for (; index < lines.length; index++) {
            const next = lines[index]?.trim() ?? "";
            if (next.startsWith("#") || (next === "" && text !== "")) {
                continue;
            }
            text += next.endsWith(escape) ? `${next.slice(0, -1)} ` : next;
            if (!next.endsWith(escape)) {
                break;
            }
        }
        const [, word = "", rest = ""] = /^(\w+)\s+(.*)$/.exec(text) ?? [];
        yield { line, word: word.toUpperCase(), rest };
        if (/^(?:RUN|COPY|ADD)$/i.test(word)) {
            for (const { name, hasTabs } of hereDocumentsOf(rest)) {
                const ends = (text = "") => (hasTabs ? text.replace(/^\t+/, "") : text) === name;
                while (++index < lines.length && !ends(lines[index]));
            }
        }
    }
}
