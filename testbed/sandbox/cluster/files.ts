import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { stringify } from "yaml";

import { paths } from "../settings";

/**
 * Writes a component's configuration, as YAML unless it is text, and returns its path.
 *
 * A file that has this content already is left alone: kube-proxy ends as soon as its file is written to.
 */
export function writeConfig(name: string, content: string | object): string {
    mkdirSync(paths.conf, { recursive: true });
    const path = join(paths.conf, name);
    const text = typeof content === "string" ? content : stringify(content);
    if (!existsSync(path) || readFileSync(path, "utf8") !== text) {
        writeFileSync(path, text);
    }
    return path;
}
