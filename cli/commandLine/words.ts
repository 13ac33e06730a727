import { UsageError } from "../../config/usageError";

/** Flags by name, and what the value of each is called; undefined for a flag without a value. */
export type Flags = Readonly<Record<string, string | undefined>>;

/**
 * The flags that are given, as `--flag VALUE` or `--flag=VALUE`; one without a value has an empty one.
 *
 * Throws a {@link UsageError} that lists the flags for a word that is none of them.
 */
export function readWords(words: readonly string[], flags: Flags): Map<string, string> {
    const given = new Map<string, string>();
    const rest = [...words];
    for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
        const [flag = "", inline] = word.startsWith("--") ? split(word) : [word];
        if (!Object.hasOwn(flags, flag)) {
            throw new UsageError(
                `unknown argument ${JSON.stringify(flag)}: expected ${list(flags)}.`,
            );
        }
        if (given.has(flag)) {
            throw new UsageError(`${flag}: given twice.`);
        }
        const placeholder = flags[flag];
        if (placeholder === undefined && inline !== undefined) {
            throw new UsageError(`${flag}: takes no value.`);
        }
        const value = placeholder === undefined ? "" : (inline ?? rest.shift() ?? "");
        if (placeholder !== undefined && (value === "" || value.startsWith("-"))) {
            throw new UsageError(`${flag}: needs a value, ${flag} ${placeholder}.`);
        }
        given.set(flag, value);
    }
    return given;
}

function split(word: string): [string, string | undefined] {
    const at = word.indexOf("=");
    return at < 0 ? [word, undefined] : [word.slice(0, at), word.slice(at + 1)];
}

function list(flags: Flags): string {
    return Object.entries(flags)
        .map(([flag, placeholder]) => (placeholder === undefined ? flag : `${flag} ${placeholder}`))
        .join(", ");
}
