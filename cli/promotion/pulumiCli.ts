import { execFile } from "node:child_process";
import { basename } from "node:path";

import { z } from "zod";

import { reasonOf, refuse } from "../../config/promotionRefusal";

/** Milliseconds that the CLI may take to answer. */
const TIMEOUT = 120_000;

/** What promotion asks of the `pulumi` CLI: works with every backend that it can log in to. */
export interface PulumiCli {
    /** Outputs of a stack's last update; refuses for an unknown stack. */
    outputs(stack: string): Promise<unknown>;
    /** The decrypted value of one key of a stack's configuration, which must be set. */
    secret(stack: string, configFile: string, key: string): Promise<string>;
}

/** A program that failed, with what it complained of; never with what it printed. */
class CommandError extends Error {}

/** Runs `pulumi` without a shell, in the folder of Pulumi.yaml; what it prints is read and never shown. */
export class PulumiProgram implements PulumiCli {
    constructor(private readonly folder: string) {}

    async outputs(stack: string): Promise<unknown> {
        try {
            return z
                .json()
                .parse(JSON.parse(await this.run("stack", "output", "--json", "--stack", stack)));
        } catch (error) {
            throw refuse({
                key: `stack ${stack}`,
                is: `its outputs cannot be read: ${reasonOf(error)}`,
                accepted: "a stack of the backend that pulumi is logged in to",
                next: "pulumi whoami --verbose && pulumi stack ls",
            });
        }
    }

    async secret(stack: string, configFile: string, key: string): Promise<string> {
        try {
            const file = ["--stack", stack, "--config-file", configFile];
            return (await this.run("config", "get", key, ...file)).replace(/\n$/, "");
        } catch (error) {
            throw refuse({
                key,
                is: `cannot be decrypted: ${reasonOf(error)}`,
                accepted: `the stack's secrets provider to be at hand (PULUMI_CONFIG_PASSPHRASE for a passphrase)`,
                next: `pulumi config get ${key} --stack ${stack} --config-file ${basename(configFile)} >/dev/null`,
            });
        }
    }

    private run(...args: readonly string[]): Promise<string> {
        return new Promise((resolve, reject) => {
            const options = { cwd: this.folder, timeout: TIMEOUT, maxBuffer: 64 * 1024 * 1024 };
            const env = { ...process.env, PULUMI_SKIP_UPDATE_CHECK: "true" };
            const words = [...args, "--non-interactive", "--color", "never"];
            execFile("pulumi", words, { ...options, env }, (error, stdout, stderr) => {
                if (error === null) {
                    resolve(stdout);
                } else if (error.code === "ENOENT") {
                    reject(new CommandError("pulumi is not on the PATH"));
                } else {
                    reject(new CommandError(complaint(stderr) ?? "pulumi failed"));
                }
            });
        });
    }
}

/** The line of the CLI's complaint that says what is wrong. */
function complaint(stderr: string): string | undefined {
    const lines = stderr.split("\n").filter((line) => line.trim() !== "");
    const error = lines.find((line) => line.startsWith("error:")) ?? lines.at(-1);
    return error?.replace(/^error:\s*/, "").trim();
}
