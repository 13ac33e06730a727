import { execFileSync } from "node:child_process";
import { cpSync, symlinkSync } from "node:fs";
import { join } from "node:path";

import { paths } from "../../sandbox/settings";

/** Copies the repository's files as they are now, with its packages. */
export function copyRepository(checkout: string): void {
    const list = ["-C", paths.repository, "ls-files", "-z", "-co", "--exclude-standard"];
    const files = execFileSync("git", list, { encoding: "utf8" }).split("\0").filter(Boolean);
    for (const name of files) {
        cpSync(join(paths.repository, name), join(checkout, name), { recursive: true });
    }
    symlinkSync(join(paths.repository, "node_modules"), join(checkout, "node_modules"));
}
