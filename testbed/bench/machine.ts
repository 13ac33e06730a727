import { cpus, release, totalmem } from "node:os";

import { command } from "../sandbox/command";
import { paths } from "../sandbox/settings";
import { run } from "../e2e/run";

/** What measured, for whoever compares. */
export async function describeMachine(): Promise<Record<string, string>> {
    const version = async (argv: readonly string[], pattern: RegExp) =>
        pattern.exec((await run(argv)).text)?.[1] ?? "unknown";
    return {
        cpu: cpus()[0]?.model.trim() ?? "unknown",
        cores: `${cpus().length}`,
        memory: `${(totalmem() / 2 ** 30).toFixed(1)} GiB`,
        kernel: release(),
        node: process.versions.node,
        pulumi: await version(["pulumi", "version"], /v(\d\S*)/),
        kubernetes: await version(["oc", "get", "--raw", "/version"], /"gitVersion": "(\S+)"/),
        openshift: await version(["oc", "version", "--client"], /Client Version: (\S+)/),
        regctl: await version(["regctl", "version"], /VCSTag:\s+(\S+)/),
    };
}

/** The commit that is measured, with a mark where files differ from it. */
export async function describeCommit(): Promise<string> {
    const git = async (...args: string[]) =>
        (await command(["git", "-C", paths.repository, ...args])).trim();
    const changed = await git("status", "--porcelain", "--untracked-files=no");
    return `${await git("rev-parse", "--short=12", "HEAD")}${changed === "" ? "" : ", with changes"}`;
}
