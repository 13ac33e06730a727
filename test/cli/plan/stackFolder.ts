import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { stringify } from "yaml";

/** The least that a stack has to set, and a commit. */
export const minimal = {
    namespace: { name: "shop" },
    git: { url: "https://git.example.com/shop.git", ref: "release" },
    registry: { pushSecret: "push" },
    images: [{ name: "api", destination: "quay.io/shop/api", application: {} }],
};

/** Folders that a test file has made, see {@link removeFolders}. */
const folders: string[] = [];

/** A folder with the project's Pulumi.yaml and one stack's file; the values are those of the project's keys. */
export function stackFolder(
    values: Readonly<Record<string, unknown>> = minimal,
    stack = "dev",
): string {
    const folder = emptyFolder();
    copyFileSync(join(__dirname, "../../../Pulumi.yaml"), join(folder, "Pulumi.yaml"));
    const config = Object.entries(values).map(([key, value]) => [`multiarch:${key}`, value]);
    const text = stringify({ config: Object.fromEntries(config) as unknown });
    writeFileSync(join(folder, `Pulumi.${stack}.yaml`), text);
    return folder;
}

/** A new folder. */
export function emptyFolder(): string {
    const folder = mkdtempSync(join(tmpdir(), "multiarch-test-"));
    folders.push(folder);
    return folder;
}

/** Removes every folder made here. */
export function removeFolders(): void {
    for (const folder of folders.splice(0)) {
        rmSync(folder, { recursive: true });
    }
}
