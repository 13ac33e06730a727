import { existsSync, writeFileSync } from "node:fs";

import { command } from "../command";

const folder = "/proc/sys/fs/binfmt_misc";
const interpreter = "/usr/bin/qemu-aarch64-static";

/**
 * The start of a program for 64-bit ARM, and which of its bits count. The flags make the kernel
 * open the interpreter now (F), for every mount namespace, and keep the name of the program (P, O).
 */
const rule = [
    ":qemu-aarch64:M:",
    "\\x7f\\x45\\x4c\\x46\\x02\\x01\\x01\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x02\\x00\\xb7\\x00",
    "\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\x00\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xfe\\xff\\xff\\xff",
    interpreter,
    "OPF",
].join(":");

/** Makes this machine run programs for arm64 by emulation; other sandboxes may use the same rule. */
export async function ensureEmulation(): Promise<void> {
    if (!existsSync(`${folder}/register`)) {
        await command(["mount", "-t", "binfmt_misc", "binfmt_misc", folder]);
    }
    if (!existsSync(`${folder}/qemu-aarch64`)) {
        writeFileSync(`${folder}/register`, rule);
    }
}
