import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";

const isHere = ([program = "", ...args]: readonly string[]) =>
    spawnSync(program, [...args, "-c", "true"]).status === 0;
const images = [
    ["bash", "--norc"],
    ["busybox", "sh"],
].filter(isHere);

/** The shells that the publisher's images have, bash and busybox's, as far as they are at hand; or else this machine's sh. */
export const shells = images.length > 0 ? images : [["sh"]];

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
