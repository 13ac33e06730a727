import { parseArgs } from "node:util";

import { isDigest } from "../../config/imageReference";
import { UsageError } from "../../config/usageError";

/** How `npm run promote` is called. */
export const usage = `npm run promote -- --from STACK --to STACK [--image NAME]... [--digest sha256:...]
npm run promote -- --to STACK --to-previous [--image NAME]...
  further: --yes | --dry-run, --commit, --config-dir DIR (of both Pulumi.STACK.yaml), --config-file FILE (the target's)`;

/** What `npm run promote` is asked for. */
export interface PromoteRequest {
    /** Stack in which the images run; a roll back has none. */
    readonly from: string | undefined;
    /** Stack whose configuration gets the digests. */
    readonly to: string;
    /** Names of images; none stands for all that both stacks have. */
    readonly images: readonly string[];
    /** The digest that is meant: what the source runs, or what the target ran before. */
    readonly digest: string | undefined;
    /** Whether to go back to what the target ran before. */
    readonly toPrevious: boolean;
    /** Whether nobody is asked. */
    readonly yes: boolean;
    /** Whether nothing is written. */
    readonly dryRun: boolean;
    /** Whether the change is committed. */
    readonly commit: boolean;
    /** Folder of the stacks' files. @default the repository */
    readonly configDir: string | undefined;
    /** The target's file, in place of the one in `configDir`. */
    readonly configFile: string | undefined;
}

/** Reads the words after `npm run promote --`. */
export function parsePromote(words: readonly string[]): PromoteRequest {
    const { values } = read(words);
    const { from, to, digest, image: images = [], yes = false, commit = false } = values;
    const toPrevious = values["to-previous"] ?? false;
    const dryRun = values["dry-run"] ?? false;
    const [a, b] = [values["config-dir"], values["config-file"]];
    if (to === undefined || to === "" || from === "" || (from === undefined && !toPrevious)) {
        throw new UsageError(`expected --from STACK and --to STACK.\n${usage}`);
    }
    if (from === to) {
        throw new UsageError(`--from and --to: both are ${to}: expected two stacks.`);
    }
    for (const stack of [from, to]) {
        if (stack !== undefined && !/^(?:\w[\w.-]*\/){0,2}\w[\w.-]*$/.test(stack)) {
            throw new UsageError(
                `${JSON.stringify(stack)}: expected a stack, NAME or ORGANIZATION/PROJECT/NAME.`,
            );
        }
    }
    if (toPrevious && digest !== undefined) {
        throw new UsageError("--digest and --to-previous: expected one of them, not both.");
    }
    if (digest !== undefined && !isDigest(digest)) {
        throw new UsageError(
            `--digest ${digest}: expected sha256: and 64 hexadecimal digits in lower case.`,
        );
    }
    const unique = [...new Set(images)];
    if (digest !== undefined && unique.length !== 1) {
        throw new UsageError("--digest: goes with exactly one --image NAME.");
    }
    if (dryRun && (yes || commit)) {
        throw new UsageError("--dry-run: writes nothing, so it goes without --yes and --commit.");
    }
    return {
        ...{ from, to, images: unique, digest, toPrevious, yes, dryRun, commit },
        ...{ configDir: a, configFile: b },
    };
}

function read(words: readonly string[]) {
    const text = { type: "string" } as const;
    const flag = { type: "boolean" } as const;
    try {
        return parseArgs({
            args: [...words],
            allowPositionals: false,
            options: {
                from: text,
                to: text,
                image: { type: "string", multiple: true },
                digest: text,
                "to-previous": flag,
                yes: flag,
                "dry-run": flag,
                commit: flag,
                "config-dir": text,
                "config-file": text,
            },
        });
    } catch (error) {
        const message = error instanceof Error ? error.message : String(error);
        throw new UsageError(`${message.split(". ")[0] ?? message}.\n${usage}`);
    }
}
