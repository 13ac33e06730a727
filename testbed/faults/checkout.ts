import { execFileSync } from "node:child_process";
import { cpSync, symlinkSync } from "node:fs";
import { join } from "node:path";

import { paths } from "../sandbox/settings";

/** Copies the repository's files as they are now, with its packages, into a repository of their own. */
export function copyRepository(checkout: string): void {
    const list = ["-C", paths.repository, "ls-files", "-z", "-co", "--exclude-standard"];
    const files = execFileSync("git", list, { encoding: "utf8" }).split("\0").filter(Boolean);
    execFileSync("git", ["init", "--quiet", checkout]);
    // A link in a copy, where .gitignore, which means a folder, does not apply to it.
    for (const name of files.filter((it) => it !== "node_modules")) {
        cpSync(join(paths.repository, name), join(checkout, name), { recursive: true });
    }
    symlinkSync(join(paths.repository, "node_modules"), join(checkout, "node_modules"));
}
