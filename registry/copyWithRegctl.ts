import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { childEnvironment } from "../config/childEnvironment";
import { formatImageReference } from "../config/imageReference";
import type { Login } from "./login";
import type { Repository } from "./registry";

/** One end of a copy. */
export interface End {
    readonly repository: Repository;
    readonly login: Login | undefined;
}

/**
 * Copies a list with regctl; false when there is none on the PATH, or when it could not tell the two accounts apart.
 *
 * The credentials reach it in a file of its own that only this user may read, and that is removed afterwards.
 */
export async function copyWithRegctl(
    from: End,
    to: End,
    digest: string,
    tag: string,
): Promise<boolean> {
    const [source, target] = [from.repository.image, to.repository.image];
    const sameHost = source.registry === target.registry;
    if (sameHost && JSON.stringify(from.login) !== JSON.stringify(to.login)) {
        return false;
    }
    const folder = mkdtempSync(join(tmpdir(), "multiarch-promote-"));
    try {
        const auths = Object.fromEntries(
            [from, to].flatMap(({ repository, login }) =>
                login === undefined
                    ? []
                    : [[repository.image.registry, { auth: encoded(login) }] as const],
            ),
        );
        writeFileSync(join(folder, "config.json"), JSON.stringify({ auths }), { mode: 0o600 });
        return await run(
            [
                "image",
                "copy",
                formatImageReference({ ...source, digest }),
                formatImageReference({ ...target, tag }),
            ],
            folder,
        );
    } finally {
        rmSync(folder, { recursive: true, force: true });
    }
}

function encoded({ username, password }: { username: string; password: string }): string {
    return Buffer.from(`${username}:${password}`).toString("base64");
}

/** False when there is no regctl; rejects when it fails. */
function run(args: readonly string[], folder: string): Promise<boolean> {
    return new Promise((resolve, reject) => {
        const env = childEnvironment({
            DOCKER_CONFIG: folder,
            REGCTL_CONFIG: join(folder, "regctl.json"),
        });
        const child = spawn("regctl", args, { env, stdio: ["ignore", "ignore", "pipe"] });
        let complaint = "";
        child.stderr.on(
            "data",
            (chunk: Buffer) => (complaint = `${complaint}${chunk.toString()}`.slice(-2000)),
        );
        child.on("error", () => {
            resolve(false);
        });
        child.on("close", (code) => {
            if (code === 0) {
                resolve(true);
            } else {
                reject(new Error(complaint.trim().split("\n").at(-1) ?? "regctl failed"));
            }
        });
    });
}
