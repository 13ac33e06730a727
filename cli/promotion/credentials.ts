import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

import { z } from "zod";

import { childEnvironment } from "../../config/childEnvironment";
import type { ImageReference } from "../../config/imageReference";
import type { End } from "../../registry/copyWithRegctl";
import type { PulumiCli } from "./pulumiCli";
import { accountIn, helperFor, readDockerConfig } from "../../registry/dockerConfig";
import type { Login } from "../../registry/login";
import { Repository } from "../../registry/registry";
import type { StackFile } from "./stackFile";

const stored = z.object({ Username: z.string(), Secret: z.string() });

/**
 * Credentials of a stack's registry: those of its own configuration, or else this machine's for `docker`; undefined
 * for a registry that is asked as nobody.
 */
async function loginOf(file: StackFile, host: string, cli: PulumiCli): Promise<Login | undefined> {
    if (file.registryUser !== undefined) {
        const password = await cli.secret(file.stack, file.path, "multiarch:registryPassword");
        return { username: file.registryUser, password };
    }
    return dockerLogin(host);
}

/** A repository, with the credentials that a stack has for it. */
export async function endOf(file: StackFile, image: ImageReference, cli: PulumiCli): Promise<End> {
    const login = await loginOf(file, image.registry, cli);
    const { registry, repository } = image;
    return { repository: new Repository({ registry, repository }, login), login };
}

/** What `docker login` has left on this machine for a registry. */
export async function dockerLogin(
    host: string,
    folder = process.env["DOCKER_CONFIG"] ?? join(homedir(), ".docker"),
): Promise<Login | undefined> {
    const path = join(folder, "config.json");
    if (!existsSync(path)) {
        return undefined;
    }
    const config = readDockerConfig(readFileSync(path, "utf8"));
    const helper = helperFor(config, host);
    if (helper !== undefined) {
        const found = stored.safeParse(await ask(helper.program, helper.server)).data;
        return found && { username: found.Username, password: found.Secret };
    }
    return accountIn(config, host);
}

/** Milliseconds that a credential helper may take: it may ask its user something. */
const HELPER_LIMIT = 60_000;

/** Asks a credential helper; undefined when it does not have, or is not there. */
function ask(program: string, server: string): Promise<unknown> {
    return new Promise((resolve) => {
        const child = spawn(program, ["get"], {
            env: childEnvironment(),
            signal: AbortSignal.timeout(HELPER_LIMIT),
            killSignal: "SIGKILL",
            stdio: ["pipe", "pipe", "ignore"],
        });
        let text = "";
        child.stdout.on("data", (chunk: Buffer) => (text += chunk.toString()));
        child.stdin.on("error", () => undefined);
        child.stdin.end(server);
        child.on("error", () => {
            resolve(undefined);
        });
        child.on("close", (code) => {
            try {
                resolve(code === 0 ? JSON.parse(text) : undefined);
            } catch {
                resolve(undefined);
            }
        });
    });
}
