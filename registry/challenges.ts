/** One way in that a registry offers. */
export interface Challenge {
    /** In lower case, e.g. `bearer`. */
    readonly scheme: string;
    /** What it says about it, by names in lower case. */
    readonly fields: Readonly<Record<string, string>>;
}

// RFC 9110, 11.6.1: schemes and their parameters in one list; a word without `=` begins the next challenge.
const PART = /([\w!#$%&'*+.^`|~-]+)(?:\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+)))?/g;

/** The challenges of a WWW-Authenticate header, or of several that are joined by commas, in their order. */
export function challengesOf(header: string): Challenge[] {
    const found: { scheme: string; fields: Record<string, string> }[] = [];
    for (const [, name = "", quoted, plain] of header.matchAll(PART)) {
        const value = quoted?.replace(/\\(.)/g, "$1") ?? plain;
        if (value === undefined) {
            found.push({ scheme: name.toLowerCase(), fields: {} });
        } else {
            const last = found.at(-1);
            if (last !== undefined) {
                last.fields[name.toLowerCase()] = value;
            }
        }
    }
    return found;
}
