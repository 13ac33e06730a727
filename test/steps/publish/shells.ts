import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";

/** The shells at hand of those that the publisher's images have (bash, busybox's), and people's machines beside them. */
export const shells = [["bash", "--norc"], ["busybox", "sh"], ["dash"], ["sh"]].filter(
    ([program = "", ...args]) => spawnSync(program, [...args, "-c", "true"]).status === 0,
);

/** How a text is run by a shell: busybox's has busybox's tools alone, as its image has. */
export function commandOf(shell: readonly string[], folder: string, more = "") {
    const [program = "", ...args] = shell;
    if (program !== "busybox") {
        return { program, args, path: `${more}:${process.env["PATH"] ?? ""}` };
    }
    const bin = join(folder, "busybox");
    if (!existsSync(bin)) {
        mkdirSync(bin);
        spawnSync("busybox", ["--install", "-s", bin]);
    }
    return { program: join(bin, "sh"), args: [], path: `${more}:${bin}` };
}
