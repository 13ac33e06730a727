// Built from character codes, because a control character in a regular expression is hard to read.
const ESCAPE = String.fromCharCode(0x1b);
const BELL = String.fromCharCode(0x07);

const TERMINAL_SEQUENCES = new RegExp(
    [
        `${ESCAPE}\\[[0-?]*[ -/]*[@-~]`, // colours, cursor movements
        `${ESCAPE}[\\]PX^_][^${BELL}${ESCAPE}]*(?:${BELL}|${ESCAPE}\\\\)?`, // titles, links
        `${ESCAPE}[ -/]*[0-~]?`,
    ].join("|"),
    "g",
);

// Control characters; invisible and direction-changing ones; line separators; halves of pairs.
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/**
 * One line of untrusted text, made harmless for a terminal, for Pulumi's state and for a CI log:
 * no control sequences, no line breaks, at most `limit` characters.
 */
export function printable(text: string, limit: number): string {
    // Sequences are longer than what they show, so look at more than is kept, but not at everything.
    const shown = text
        .slice(0, limit * 8)
        .replace(TERMINAL_SEQUENCES, "")
        .replace(/[\t\r\n]+/g, " ")
        .replace(UNPRINTABLE, "")
        .trimEnd();
    return shorten(shown, limit);
}

/** The text, cut to `limit` characters, the last of them `…` if anything was cut. */
export function shorten(text: string, limit: number): string {
    if (text.length <= limit) {
        return text;
    }
    // Never leave half of a surrogate pair behind.
    return text.slice(0, limit - 1).replace(/[\uD800-\uDBFF]$/, "") + "…";
}

/** The last lines that fit into so many bytes of UTF-8 (each with its line break). */
export function lastThatFit(lines: readonly string[], bytes: number): string[] {
    const kept: string[] = [];
    let left = bytes;
    for (const line of [...lines].reverse()) {
        left -= Buffer.byteLength(line) + 1;
        if (left < 0) {
            break;
        }
        kept.unshift(line);
    }
    return kept;
}

/** The text, cut to so many bytes of UTF-8. */
export function firstBytes(text: string, bytes: number): string {
    const whole = Buffer.from(text);
    // The replacement character stands for half of a character at the cut.
    return whole.length <= bytes ? text : whole.toString("utf8", 0, bytes).replace(/\uFFFD$/, "");
}

/** The short form of a digest for people: `sha256:` and twelve digits. */
export function shortDigest(digest: string): string {
    return digest.slice(0, "sha256:".length + 12);
}
