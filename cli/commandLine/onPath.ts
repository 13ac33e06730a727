import { accessSync, constants, statSync } from "node:fs";
import { delimiter, join } from "node:path";

/** Whether a program can be started by its name here; advice names no command that cannot be run. */
export function isOnPath(program: string, path = process.env["PATH"] ?? ""): boolean {
    const endings = process.platform === "win32" ? [".exe", ".cmd"] : [""];
    return path
        .split(delimiter)
        .filter((folder) => folder !== "")
        .some((folder) => endings.some((ending) => isProgram(join(folder, program + ending))));
}

function isProgram(file: string): boolean {
    try {
        accessSync(file, constants.X_OK);
        return statSync(file).isFile();
    } catch {
        return false;
    }
}
