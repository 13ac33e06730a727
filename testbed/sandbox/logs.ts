import { existsSync } from "node:fs";

import { logPath, tail } from "./component";
import { componentNames } from "./components";

/** The paths of the logs that there are, or the end of one component's log. */
export function logs(name: string | undefined): string {
    if (name === undefined) {
        return `${componentNames.map(logPath).filter(existsSync).join("\n")}\n`;
    }
    if (!componentNames.includes(name)) {
        throw new Error(`no component ${name}: there are ${componentNames.join(", ")}.`);
    }
    return `${tail(name, 60)}\n`;
}
