import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { execInSandbox, spawnInSandbox } from "./sandbox/exec";
import { paths, quay } from "./sandbox/settings";
import { installPlugins } from "./plugins";

/** The stack that `npm start` brings up, with the file of its configuration. */
const stack = "sandbox";

/** Pulumi's state of everything in the sandbox: it goes when the sandbox is wiped, as what it describes does. */
const state = join(paths.state, "pulumi");

/** A copy of the stack's files: the encrypted password must not show up as a change of the repository. */
const project = join(state, "project");
const configFile = join(project, `Pulumi.${stack}.yaml`);

/**
 * The environment of a `pulumi` that works in the sandbox with a backend of its own.
 *
 * The passphrase guards the credentials of a registry that exists in the sandbox only.
 */
export function pulumiEnvironment(backend: string): NodeJS.ProcessEnv {
    return {
        PULUMI_HOME: join(backend, "home"),
        PULUMI_BACKEND_URL: `file://${backend}`,
        PULUMI_CONFIG_PASSPHRASE: "sandbox",
        PULUMI_SKIP_UPDATE_CHECK: "true",
        PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
        // Those of the toolchain are installed in its home, see plugins.ts.
        PULUMI_IGNORE_AMBIENT_PLUGINS: "true",
    };
}

/** Runs one `pulumi` command on the sandbox's stack and returns its exit code. */
export async function pulumi(...args: readonly string[]): Promise<number> {
    return execInSandbox(["pulumi", ...args, "--stack", stack, "--config-file", configFile], {
        cwd: paths.repository,
        env: pulumiEnvironment(state),
    });
}

/** Makes the stack unless it is there, and gives it the password of the registry, through standard input. */
export async function ensureStack(): Promise<void> {
    installPlugins(join(state, "home"));
    mkdirSync(project, { recursive: true });
    copyFileSync(join(paths.repository, "Pulumi.yaml"), join(project, "Pulumi.yaml"));
    const salt = existsSync(configFile)
        ? /^encryptionsalt:.*$/m.exec(readFileSync(configFile, "utf8"))?.[0]
        : undefined;
    const settings = readFileSync(join(paths.repository, `testbed/Pulumi.${stack}.yaml`), "utf8");
    // The salt belongs to the stack, and Pulumi wrote it here.
    writeFileSync(configFile, salt === undefined ? settings : `${settings}${salt}\n`);
    await quietly(["pulumi", "stack", "select", "--create", stack, "--non-interactive"]);
    const key = ["--secret", "multiarch:registryPassword", "--stack", stack, "--non-interactive"];
    await quietly(["pulumi", "config", "set", ...key], quay.password);
}

/** The outputs of the sandbox's stack. */
export async function outputs(): Promise<unknown> {
    const text = await quietly(["pulumi", "stack", "output", "--json", "--stack", stack]);
    return JSON.parse(text);
}

/** Runs a command in the sandbox for what it prints; throws with what it complains of. */
export async function quietly(argv: readonly string[], input = ""): Promise<string> {
    const child = spawnInSandbox(argv, {
        cwd: project,
        env: pulumiEnvironment(state),
        stdio: ["pipe", "pipe", "pipe"],
    });
    const texts = { stdout: "", stderr: "" };
    child.stdout?.on("data", (chunk: Buffer) => (texts.stdout += chunk.toString()));
    child.stderr?.on("data", (chunk: Buffer) => (texts.stderr += chunk.toString()));
    // A command that ends without reading says why by itself.
    child.stdin?.on("error", () => undefined);
    child.stdin?.end(input);
    const code = await new Promise<number | null>((resolve, reject) => {
        child.on("error", reject);
        child.on("close", resolve);
    });
    if (code !== 0) {
        const said = `${texts.stdout}\n${texts.stderr}`.trim();
        throw new Error(
            `${argv.slice(0, 3).join(" ")} failed (exit code ${code ?? "none"}):\n${said}`,
        );
    }
    return texts.stdout;
}
