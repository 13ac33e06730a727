import { spawnSync } from "node:child_process";
import {
    chmodSync,
    cpSync,
    mkdirSync,
    mkdtempSync,
    readFileSync,
    rmSync,
    writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { root } from "./workflowFiles";

/** A copy of the repository's scripts, with programs beside them that only note how they are called. */
export interface Place {
    readonly folder: string;
    readonly log: string;
    readonly environment: NodeJS.ProcessEnv;
}

const folders: string[] = [];

/** Makes a place. `programs` are shell texts by name; each also writes its folder and arguments to the log. */
export function place(programs: Readonly<Record<string, string>>): Place {
    const folder = mkdtempSync(join(tmpdir(), "multiarch-scripts-"));
    folders.push(folder);
    const [bin, log] = [join(folder, "bin"), join(folder, "log")];
    for (const made of [bin, join(folder, "policy"), join(folder, "temp")]) {
        mkdirSync(made);
    }
    for (const scripts of [".github/scripts", "cli"]) {
        cpSync(join(root, scripts), join(folder, scripts), {
            recursive: true,
            filter: (name) => !name.endsWith(".ts"),
        });
    }
    for (const [name, text] of Object.entries(programs)) {
        const note = `echo "\${PWD#${folder}} ${name} $*" >>${log}`;
        writeFileSync(join(bin, name), `#!/bin/sh\n${note}\n${text}\n`);
        chmodSync(join(bin, name), 0o755);
    }
    writeFileSync(log, "");
    return {
        folder,
        log,
        environment: {
            PATH: `${bin}:${process.env["PATH"] ?? ""}`,
            HOME: folder,
            RUNNER_TEMP: join(folder, "temp"),
            GITHUB_ENV: join(folder, "temp/env"),
            GITHUB_OUTPUT: join(folder, "temp/output"),
            GITHUB_REPOSITORY: "acme/multiarch",
            GITHUB_SHA: "0123456",
            GITHUB_RUN_ID: "7",
            GITHUB_RUN_ATTEMPT: "1",
        },
    };
}

/** Runs a script in a place; `calls` are those of its programs. */
export function run(
    it: Place,
    script: string,
    args: readonly string[],
    env: NodeJS.ProcessEnv = {},
) {
    const { status, stdout, stderr } = spawnSync(
        "/bin/sh",
        [join(it.folder, script === "install.sh" ? "cli" : ".github/scripts", script), ...args],
        { cwd: it.folder, env: { ...it.environment, ...env }, encoding: "utf8" },
    );
    return { status, stdout, stderr, calls: readFileSync(it.log, "utf8").split("\n").slice(0, -1) };
}

/** Removes every place. */
export function removePlaces(): void {
    for (const folder of folders) {
        rmSync(folder, { recursive: true, force: true });
    }
}
