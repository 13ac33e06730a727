import { expandWord } from "./expandWord";

/** An image that a `FROM`, `COPY --from` or `RUN --mount=...,from=` names by its digest. */
export interface PinnedBase {
    /** Line of the Dockerfile, counted from 1; of an instruction that is continued, its first. */
    readonly line: number;
    /** The image as the Dockerfile has it, arguments filled in, e.g. `quay.io/shop/base@sha256:...`. */
    readonly image: string;
    readonly digest: string;
}

interface Stage {
    readonly base: PinnedBase;
    readonly name: string;
    /** Stages and images that it copies from or mounts. */
    readonly uses: PinnedBase[];
}

interface Instruction {
    readonly line: number;
    readonly word: string;
    readonly rest: string;
}

/**
 * The images by digest that a build for one architecture takes in: the bases of the last stage, of the stages below it, and of
 * the stages that these copy from or mount, and images that are copied from or mounted without a stage. `$BUILDPLATFORM` is
 * the node's own platform on OpenShift, which is the one that is built: such a stage counts like any other.
 */
export function pinnedBases(
    dockerfile: string,
    buildArgs: Readonly<Record<string, string>>,
    architecture: string,
): readonly PinnedBase[] {
    const stages = stagesOf(dockerfile, buildArgs, architecture);
    const last = stages.length - 1;
    const found = new Map<string, PinnedBase>();
    const seen = new Set<number>();
    const take = (used: PinnedBase, below: number): void => {
        if (below >= 0) {
            visit(below);
        } else if (used.digest !== "") {
            found.set(`${used.line} ${used.image}`, used);
        }
    };
    const visit = (index: number): void => {
        const stage = stages[index];
        if (stage === undefined || seen.has(index)) {
            return;
        }
        seen.add(index);
        take(stage.base, stageNamed(stages, stage.base.image, index, false));
        for (const used of stage.uses) {
            take(used, stageNamed(stages, used.image, index, true));
        }
    };
    visit(last);
    return [...found.values()];
}

function pinned(line: number, image: string): PinnedBase {
    return { line, image, digest: /@(sha256:[0-9a-f]{64})$/.exec(image)?.[1] ?? "" };
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
            const [written = "", as = "", name = ""] = parts.filter((it) => !it.startsWith("--"));
            stages.push({
                base: pinned(line, expandWord(written, values, escape)),
                name: as.toUpperCase() === "AS" ? name.toLowerCase() : "",
                uses: [],
            });
        } else if (stage !== undefined && ["ADD", "COPY", "RUN"].includes(word)) {
            const flags = /^(?:--\S+\s+)*/.exec(rest)?.[0] ?? "";
            for (const [, name = ""] of flags.matchAll(/(?:--|,|=)from=([^\s,]+)/g)) {
                stage.uses.push(pinned(line, name.replace(/^(["'])(.*)\1$/, "$2")));
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
