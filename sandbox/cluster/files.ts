import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { stringify } from "yaml";

import { paths } from "../settings";

/** Writes a component's configuration, as YAML unless it is text, and returns its path. */
export function writeConfig(name: string, content: string | object): string {
    mkdirSync(paths.conf, { recursive: true });
    const path = join(paths.conf, name);
    writeFileSync(path, typeof content === "string" ? content : stringify(content));
    return path;
}
