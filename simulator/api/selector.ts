import { at, shown } from "./json";
import type { Kind } from "./kinds";
import { badRequest } from "./statusError";
import type { ApiObject } from "./types";

/** Whether an object is one of those that are asked for. */
export type Selection = (object: ApiObject) => boolean;

type LabelTest = (value: string | undefined) => boolean;

/** What a list's or a watch's query selects. Throws a StatusError of 400 where it cannot be read. */
export function selectionOf(kind: Kind, query: URLSearchParams): Selection {
    const labels = query.get("labelSelector") ?? "";
    const fields = query.get("fieldSelector") ?? "";
    const tests = [...labelTests(labels), ...fieldTests(kind, fields, labels)];
    return (object) => tests.every((test) => test(object));
}

function labelTests(text: string): Selection[] {
    return splitOutside(text).map((term) => {
        const [key, test] = labelTest(term);
        return ({ metadata }: ApiObject) => test(metadata.labels?.[key]);
    });
}

function labelTest(term: string): [string, LabelTest] {
    const set = /^\s*([^\s!=,()]+)\s+(in|notin)\s*\(([^)]*)\)\s*$/.exec(term);
    if (set !== null) {
        const [, key = "", operator, list = ""] = set;
        const values = list.split(",").map((it) => it.trim());
        return operator === "in"
            ? [key, (value) => value !== undefined && values.includes(value)]
            : [key, (value) => value === undefined || !values.includes(value)];
    }
    const equal = /^\s*([^\s!=,()]+)\s*(==|=|!=)\s*([^\s!=,()]*)\s*$/.exec(term);
    if (equal !== null) {
        const [, key = "", operator, wanted] = equal;
        return [key, (value) => (value === wanted) === (operator !== "!=")];
    }
    const present = /^\s*(!?)\s*([^\s!=,()]+)\s*$/.exec(term);
    if (present !== null) {
        const [, not, key = ""] = present;
        return [key, (value) => (value === undefined) === (not === "!")];
    }
    throw badRequest(`unable to parse requirement: found '${term.trim()}'`);
}

/** Terms are parted by commas, but those between parentheses part values. */
function splitOutside(text: string): string[] {
    return text
        .split(/,(?![^(]*\))/)
        .map((it) => it.trim())
        .filter((it) => it !== "");
}

function fieldTests(kind: Kind, text: string, labels: string): Selection[] {
    return text
        .split(",")
        .filter((term) => term.trim() !== "")
        .map((term) => {
            const [, field = "", operator, wanted] =
                /^\s*([^=!]+?)\s*(==|=|!=)\s*(.*?)\s*$/.exec(term) ?? [];
            const read = fieldOf(kind, field);
            if (read === undefined) {
                const where = `${kind.group}/${kind.version}, Resource=${kind.plural}`;
                const asked = `label selector "${labels}", field selector "${text}"`;
                throw badRequest(
                    `Unable to find "${where}" that match ${asked}: field label not supported: ${field}`,
                );
            }
            return (object: ApiObject) => (shown(read(object)) === wanted) === (operator !== "!=");
        });
}

function fieldOf(kind: Kind, field: string): ((object: ApiObject) => unknown) | undefined {
    if (field === "metadata.name" || (field === "metadata.namespace" && kind.namespaced)) {
        return (object) => at(object, ...field.split("."));
    }
    return kind.fields[field];
}
