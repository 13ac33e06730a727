import { parseDocument, type ScalarTag } from "yaml";

/** A date as Go's `time.Time` prints it, which is what Pulumi makes of one that is not in quotes. */
function goTime(text: string): string | undefined {
    const match =
        /^(\d{4})-(\d\d?)-(\d\d?)(?:[Tt ](\d\d?):(\d\d?):(\d\d?)(?:\.\d{1,9})?(Z)?)?$/.exec(text);
    if (match === null) {
        return undefined;
    }
    const [year = "", month = "", day = "", hour = "0", minute = "0", second = "0"] =
        match.slice(1);
    const parts = [month, day, hour, minute, second].map((part) => part.padStart(2, "0"));
    const [mm = "", dd = "", hh = "", mi = "", ss = ""] = parts;
    const date = new Date(`${year}-${mm}-${dd}T${hh}:${mi}:${ss}Z`);
    return Number.isNaN(date.getTime()) || date.getUTCDate() !== Number(dd)
        ? undefined
        : `${year}-${mm}-${dd} ${hh}:${mi}:${ss} +0000 UTC`;
}

const timestamp: ScalarTag = {
    tag: "tag:yaml.org,2002:timestamp",
    default: true,
    test: /^\d{4}-\d\d?-\d\d?(?:[Tt ]\d\d?:\d\d?:\d\d?Z?)?$/,
    resolve: (text) => goTime(text) ?? text,
};

/** Numbers that Go's yaml.v3 reads beside those of YAML 1.2: `0777`, `0b11` and `1_000`. */
const number: ScalarTag = {
    tag: "tag:yaml.org,2002:int",
    default: true,
    test: /^[-+]?(?:0b[01_]+|0[0-7_]+|0o[0-7_]+|[1-9]\d*_[\d_]*)$/,
    resolve: (text) => {
        const plain = text.replaceAll("_", "").replace("+", "");
        const digits = plain.replace("-", "");
        const value = Number(/^0[0-7]/.test(digits) ? `0o${digits.slice(1)}` : digits);
        return plain.startsWith("-") ? -value : value;
    },
};

/**
 * YAML as Pulumi reads a project's and a stack's file (CLI 3.260, gopkg.in/yaml.v3): with merge keys and aliases, a date without
 * quotes as Go prints one, `0777` in octal, and yes, no, on and off as text. Throws what the parser finds wrong.
 */
export function parseStackYaml(text: string): unknown {
    const document = parseDocument(text.replace(/^\uFEFF/, ""), {
        merge: true,
        customTags: (tags) => [timestamp, number, ...tags],
    });
    const [error] = document.errors;
    if (error !== undefined) {
        throw error;
    }
    return document.toJS({ maxAliasCount: 1000 });
}
