import { z } from "zod";

/**
 * Building blocks of the schema. The error of each is a noun phrase that says what is accepted, to be read after
 * "expected"; problems.ts puts the key and the value in front of it.
 */

/** Settings under one key; any other name in it is an error. */
export function section<Shape extends z.core.$ZodLooseShape>(shape: Shape) {
    const known = Object.keys(shape).join(", ");
    return z
        .strictObject(shape, {
            error: (issue) =>
                issue.code === "unrecognized_keys"
                    ? `one of ${known}`
                    : `a section with any of ${known}`,
        })
        .readonly();
}

/** Text that `valid` accepts. */
export function text(accepted: string, valid: RegExp | ((value: string) => boolean)) {
    const test = valid instanceof RegExp ? (value: string) => valid.test(value) : valid;
    return z.string({ error: accepted }).refine(test, { error: accepted });
}

/** A whole number. */
export function whole(accepted: string, min: number, max = Number.MAX_SAFE_INTEGER) {
    const error = `${accepted}, a whole number ${max < Number.MAX_SAFE_INTEGER ? `from ${min} to ${max}` : `of at least ${min}`}`;
    return z.int({ error }).min(min, { error }).max(max, { error });
}

/** A duration in seconds. */
export function seconds(min = 1) {
    return whole("seconds", min);
}

/** One of a few words. */
export function choice<const Words extends readonly [string, ...string[]]>(words: Words) {
    return z.enum(words, { error: `one of ${words.join(", ")}` });
}

/** Yes or no. */
export function flag() {
    return z.boolean({ error: "true or false" });
}

/** Values in order, each once. `identify` tells which are the same, by a field of them if `field` is given. */
export function uniqueList<Item extends z.ZodType>(
    item: Item,
    what: string,
    { min = 0, max = 1000, field }: { min?: number; max?: number; field?: string } = {},
) {
    const error = `a list of ${min > 0 ? "one or more " : ""}${what}`;
    return z
        .array(item, { error })
        .min(min, { error })
        .max(max, { error: `at most ${max} ${what}` })
        .superRefine((items, context) => {
            const identify = (value: unknown): unknown =>
                field === undefined ? value : (value as Record<string, unknown>)[field];
            const seen = items.map(identify);
            for (const [index, value] of seen.entries()) {
                const first = seen.indexOf(value);
                if (first < index) {
                    context.addIssue({
                        code: "custom",
                        path: field === undefined ? [index] : [index, field],
                        message: `${what} that differ, and this is the same as [${first}]`,
                    });
                }
            }
        })
        .readonly();
}

/** Text by name. */
export function textByName(accepted: string, validName: (name: string) => boolean) {
    return z
        .record(z.string(), z.string({ error: "text in quotes" }), { error: "text by name" })
        .superRefine((values, context) => {
            for (const name of Object.keys(values).filter((key) => !validName(key))) {
                context.addIssue({ code: "custom", path: [name], message: accepted });
            }
        })
        .readonly();
}

/** A secret; what the schema sees is only whether and how it is set, see values.ts. */
export function secret(key: string) {
    const command = `pulumi config set --secret ${key}`;
    return z.literal("encrypted", { error: `a secret, as set by: ${command}` }).optional();
}
