/** Values of a Dockerfile's variables by name. */
export type Variables = Readonly<Record<string, string>>;

/**
 * A text with its variables replaced, as builders do: `$NAME`, `${NAME}`, `${NAME:-else}` and `${NAME:+then}`, whose words may
 * have variables too; `\$` is a dollar sign. A variable without a value is empty.
 */
export function expand(text: string, variables: Variables): string {
    let out = "";
    for (let at = 0; at < text.length; at += 1) {
        const rest = text.slice(at);
        const [plain, name] = /^\$([A-Za-z_][A-Za-z0-9_]*)/.exec(rest) ?? [];
        if (rest.startsWith("\\$")) {
            out += "$";
            at += 1;
        } else if (plain !== undefined && name !== undefined) {
            out += variables[name] ?? "";
            at += plain.length - 1;
        } else if (rest.startsWith("${")) {
            const end = closing(rest);
            out += braced(rest.slice(2, end), variables);
            at += end;
        } else {
            out += text.charAt(at);
        }
    }
    return out;
}

/** Where the brace that a text begins with is closed. */
function closing(text: string): number {
    let depth = 0;
    for (let at = 1; at < text.length; at += 1) {
        depth += text[at] === "{" ? 1 : text[at] === "}" ? -1 : 0;
        if (depth === 0) {
            return at;
        }
    }
    return text.length;
}

function braced(inner: string, variables: Variables): string {
    const [, name = "", operator, word = ""] =
        /^([A-Za-z_][A-Za-z0-9_]*)(:?[-+])?([^]*)$/.exec(inner) ?? [];
    const value = variables[name];
    const isSet = operator?.startsWith(":") === true ? Boolean(value) : value !== undefined;
    if (operator?.endsWith("-") === true) {
        return isSet ? (value ?? "") : expand(word, variables);
    }
    if (operator?.endsWith("+") === true) {
        return isSet ? expand(word, variables) : "";
    }
    return value ?? "";
}
