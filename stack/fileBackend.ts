import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The folder `.pulumi` of a backend of files; undefined for every other backend, which Pulumi asks itself. */
export function fileBackend(backend: string): string | undefined {
    return backend.startsWith("file://") ? join(folderOf(backend), ".pulumi") : undefined;
}

/** The last part of `organization/project/stack`, by which its files are named. */
export function nameOf(stack: string): string {
    return stack.split("/").at(-1) ?? stack;
}

/** `file://~` and relative paths are Pulumi's own. */
function folderOf(backend: string): string {
    const path = backend.slice("file://".length).replace(/\?.*$/, "");
    if (path.startsWith("~")) {
        return join(process.env["HOME"] ?? "", path.slice(1));
    }
    return path.startsWith("/") ? fileURLToPath(`file://${path}`) : path;
}
