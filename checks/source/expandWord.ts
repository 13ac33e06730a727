/** Values by name; a name without one is not set. */
export type Values = ReadonlyMap<string, string>;

/**
 * Fills in one word of a Dockerfile as OpenShift's builder does: quotes are taken away, `$NAME`, `${NAME}` and the operators
 * `:-`, `:+`, `:?`, `-`, `+`, `?`, `#`, `##`, `%`, `%%`, `/`, `//` are expanded, words within words too. Nothing is expanded in
 * single quotes. What is not closed is taken as it is.
 *
 * Source: answers of github.com/openshift/imagebuilder v1.2.22, with which test/checks/source/expandWord.test.ts compares it.
 */
export function expandWord(text: string, values: Values, escape = "\\"): string {
    let out = "";
    let isDouble = false;
    for (let at = 0; at < text.length; at++) {
        const char = text[at] ?? "";
        const close = char === "'" && !isDouble ? text.indexOf("'", at + 1) : -1;
        if (close >= 0) {
            out += text.slice(at + 1, close);
            at = close;
        } else if (char === '"') {
            isDouble = !isDouble;
        } else if (char === escape && at + 1 < text.length) {
            const next = text[++at] ?? "";
            // Within double quotes only these lose their escape.
            out += isDouble && !['"', "$", escape].includes(next) ? char + next : next;
        } else if (char === "$") {
            const [value, length] = variableAt(text.slice(at), values, escape);
            out += value;
            at += length - 1;
        } else {
            out += char;
        }
    }
    return out;
}

/** The value of the variable that a text begins with, and how long its mention is. */
function variableAt(text: string, values: Values, escape: string): readonly [string, number] {
    const plain = /^\$(\w+)/.exec(text);
    if (plain !== null) {
        return [values.get(plain[1] ?? "") ?? "", plain[0].length];
    }
    const end = text.startsWith("${") ? endOfBraces(text) : -1;
    const [, name, operator = "", word = ""] =
        /^(\w+)(:?[-+?]|##?|%%?|\/\/?|)([^]*)$/.exec(text.slice(2, Math.max(end, 2))) ?? [];
    if (name === undefined || (operator === "" && word !== "")) {
        return ["$", 1];
    }
    const given = values.get(name);
    const value = given ?? "";
    const isSet = operator.startsWith(":") ? value !== "" : given !== undefined;
    const changed = (): string => {
        const other = () => expandWord(word, values, escape);
        switch (operator.replace(":", "")) {
            case "-":
                return isSet ? value : other();
            case "+":
                return isSet ? other() : "";
            case "#":
            case "##":
                return withoutStart(value, other(), operator === "##");
            case "%":
            case "%%":
                return withoutEnd(value, other(), operator === "%%");
            case "/":
            case "//": {
                const slash = word.indexOf("/");
                const [from, to] =
                    slash < 0 ? [word, ""] : [word.slice(0, slash), word.slice(slash + 1)];
                return replaced(
                    value,
                    expandWord(from, values, escape),
                    expandWord(to, values, escape),
                    operator === "//",
                );
            }
            default:
                return value;
        }
    };
    return [changed(), end + 1];
}

/** Where the brace closes that opens at 1; -1 where none does. */
function endOfBraces(text: string): number {
    let depth = 0;
    for (let at = 1; at < text.length; at++) {
        if (text[at] === "{") {
            depth++;
        } else if (text[at] === "}" && --depth === 0) {
            return at;
        }
    }
    return -1;
}

/** How much of a text's beginning a pattern of `*` and `?` may stand for, in characters; in time that does not explode. */
function lengthsAtStart(text: string, pattern: string): readonly number[] {
    let reached = [0];
    for (const part of pattern) {
        const [first] = reached;
        if (first === undefined) {
            return [];
        }
        reached =
            part === "*"
                ? Array.from({ length: text.length - first + 1 }, (_, index) => first + index)
                : reached
                      .filter((at) => at < text.length && (part === "?" || text[at] === part))
                      .map((at) => at + 1);
    }
    return reached;
}

function withoutStart(value: string, pattern: string, isLongest: boolean): string {
    return value.slice(lengthsAtStart(value, pattern).at(isLongest ? -1 : 0) ?? 0);
}

function withoutEnd(value: string, pattern: string, isLongest: boolean): string {
    const turned = (text: string) => Array.from(text).reverse().join("");
    return turned(withoutStart(turned(value), turned(pattern), isLongest));
}

/** The first match, or each, the longest that begins there, replaced. */
function replaced(value: string, pattern: string, by: string, isEach: boolean): string {
    for (let at = 0; at < value.length; at++) {
        const rest = value.slice(at);
        const length = lengthsAtStart(rest, pattern).at(-1) ?? 0;
        if (length > 0) {
            const after = rest.slice(length);
            return value.slice(0, at) + by + (isEach ? replaced(after, pattern, by, true) : after);
        }
    }
    return value;
}
