import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import type { z } from "zod";

/** The folder `.pulumi` of a backend of files; undefined for every other backend, which Pulumi asks itself. */
export function fileBackend(backend: string): string | undefined {
    return backend.startsWith("file://") ? join(folderOf(backend), ".pulumi") : undefined;
}

/** The last part of `organization/project/stack`, by which its files are named. */
export function nameOf(stack: string): string {
    return stack.split("/").at(-1) ?? stack;
}

/** Names of what is in a folder of it; none where there is no such folder. */
export function namesIn(folder: string): string[] {
    try {
        return readdirSync(folder);
    } catch {
        return [];
    }
}

/** What a file of it holds; undefined where it is gone or is not ours to read. */
export function textOf(file: string): string | undefined {
    try {
        return readFileSync(file, "utf8");
    } catch {
        return undefined;
    }
}

/** Whether a text is whole JSON of this form: what a kill or a full disk has cut off is not. */
export function isWhole(form: z.ZodType, text: string | undefined): boolean {
    try {
        return form.safeParse(JSON.parse(text ?? "")).success;
    } catch {
        return false;
    }
}

/** `file://~` and relative paths are Pulumi's own. */
function folderOf(backend: string): string {
    const path = backend.slice("file://".length).replace(/\?.*$/, "");
    if (path.startsWith("~")) {
        return join(process.env["HOME"] ?? "", path.slice(1));
    }
    return path.startsWith("/") ? fileURLToPath(`file://${path}`) : path;
}
