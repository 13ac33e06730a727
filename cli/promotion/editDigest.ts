import { isDeepStrictEqual } from "node:util";

import {
    LineCounter,
    type Pair,
    type Scalar,
    type YAMLMap,
    isMap,
    isScalar,
    isSeq,
    parseDocument,
} from "yaml";

import { parseStackYaml } from "../../config/stackYaml";

/** A file that no digest can be written into; the message says what to write by hand. */
export class EditError extends Error {}

const KEY = ["config", "multiarch:images"] as const;

/**
 * Writes an image's digest into the text of a stack's file: one line is changed, or one is added below the image's
 * destination. Everything else stays as it is, to the byte: the YAML document says where, the text is cut there.
 */
export function writeDigest(text: string, name: string, digest: string): string {
    const map = imageNode(text, name);
    const known = pairOf(map, "digest");
    const edited =
        known === undefined ? inserted(text, map, digest) : replaced(text, known, digest);
    const index = imageIndex(text, name);
    const before = withDigest(text, index, digest);
    // An anchor or a merge key may hand the digest on to other images.
    if (before === undefined || !isDeepStrictEqual(withoutAliases(edited), before)) {
        throw byHand(name, digest);
    }
    return edited;
}

/** What the text says, with another digest of one image and of no other. */
function withDigest(text: string, index: number, digest: string): unknown {
    const value = withoutAliases(text) as { config?: Record<string, unknown> } | undefined;
    const images = value?.config?.[KEY[1]];
    const image: unknown = Array.isArray(images) ? images[index] : undefined;
    if (typeof image !== "object" || image === null) {
        return undefined;
    }
    Object.assign(image, { digest });
    return value;
}

/** What Pulumi reads, each value of its own; undefined for what is no YAML. */
function withoutAliases(text: string): unknown {
    try {
        return JSON.parse(JSON.stringify(parseStackYaml(text)));
    } catch {
        return undefined;
    }
}

/** The digest that the text of a stack's file gives an image; undefined when it gives none, or cannot be read. */
export function digestIn(text: string, name: string): string | undefined {
    try {
        const value = pairOf(imageNode(text, name), "digest")?.value?.value;
        return typeof value === "string" ? value : undefined;
    } catch {
        return undefined;
    }
}

function imageIndex(text: string, name: string): number {
    const images = parseDocument(text).getIn(KEY);
    return isSeq(images)
        ? images.items.findIndex((item) => isMap(item) && item.get("name") === name)
        : -1;
}

function imageNode(text: string, name: string): YAMLMap {
    const node = parseDocument(text).getIn([...KEY, imageIndex(text, name)]);
    if (!isMap(node)) {
        throw byHand(name, "sha256:...");
    }
    return node;
}

function pairOf(map: YAMLMap, key: string): Pair<Scalar, Scalar | null> | undefined {
    const pair = map.items.find((item) => isScalar(item.key) && item.key.value === key);
    return pair as Pair<Scalar, Scalar | null> | undefined;
}

function replaced(
    text: string,
    { key, value }: Pair<Scalar, Scalar | null>,
    digest: string,
): string {
    const end = key.range?.[1] ?? 0;
    const [from, to] = value?.range ?? [end, end];
    // An empty value begins right behind its colon.
    const space = from === to && !/\s/.test(text[from - 1] ?? "") ? " " : "";
    return `${text.slice(0, from)}${space}${digest}${text.slice(to)}`;
}

function inserted(text: string, map: YAMLMap, digest: string): string {
    const before = pairOf(map, "destination") ?? pairOf(map, "name");
    const start = before?.key.range?.[0];
    const end = before?.value?.range?.[1];
    if (start === undefined || end === undefined) {
        throw byHand("the image", digest);
    }
    if (map.flow === true) {
        return `${text.slice(0, end)}, digest: ${digest}${text.slice(end)}`;
    }
    const lines = new LineCounter();
    parseDocument(text, { lineCounter: lines });
    const indent = " ".repeat(lines.linePos(start).col - 1);
    const newline = text.includes("\r\n") ? "\r\n" : "\n";
    const at = text.indexOf("\n", end - 1);
    return at < 0
        ? `${text}${newline}${indent}digest: ${digest}`
        : `${text.slice(0, at + 1)}${indent}digest: ${digest}${newline}${text.slice(at + 1)}`;
}

function byHand(name: string, digest: string): EditError {
    return new EditError(
        `the entry of ${name} under ${KEY.join(".")} is not a plain section: write the line "digest: ${digest}" by hand`,
    );
}
