import { type SpawnSyncReturns, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { Output } from "./planText";
import { childEnvironment } from "../../config/childEnvironment";
import { UsageError } from "../../config/usageError";

/** What is compared with what. */
export interface DiffRequest {
    /** Folder of Pulumi.yaml in the Git repository. */
    readonly root: string;
    /** Revision that has the other plan. */
    readonly ref: string;
    /** The plan of this checkout. */
    readonly now: string;
    readonly output: Output;
    readonly stack: string;
    readonly configFile: string | undefined;
}

const PROGRAM = "cli/plan.ts";

/**
 * Compares the plan of another revision, made by that revision's own program from its own configuration, with this
 * checkout's. The other revision is checked out into a temporary worktree, which is taken away whatever happens.
 */
export function diffWith(request: DiffRequest): { text: string; differs: boolean } {
    const { root, ref, now, stack } = request;
    const commit = git(root, "rev-parse", "--verify", "--quiet", `${ref}^{commit}`);
    if (commit.status !== 0) {
        throw new UsageError(
            `--diff ${ref}: not a revision of this repository. See what there is: git log --oneline --all`,
        );
    }
    const id = commit.stdout.trim();
    const prefix = checked(git(root, "rev-parse", "--show-prefix")).trim();
    if (git(root, "cat-file", "-e", `${id}:${prefix}${PROGRAM}`).status !== 0) {
        throw new UsageError(
            `--diff ${ref}: ${id.slice(0, 7)} has no plan, as it is without ${PROGRAM}. See what has one: git log --oneline -- ${PROGRAM}`,
        );
    }
    const folder = mkdtempSync(join(realpathSync(tmpdir()), "multiarch-plan-"));
    const tree = join(folder, "tree");
    const release = holdSignals();
    try {
        checked(git(root, "worktree", "add", "--quiet", "--detach", tree, id));
        const before = planIn(join(tree, prefix), request);
        const difference = compare(folder, before, now);
        const title = `Plan of stack ${stack}: ${ref} (${id.slice(0, 7)}) -> this checkout\n`;
        return {
            text: `${title}${difference === "" ? "No difference.\n" : difference}`,
            differs: difference !== "",
        };
    } finally {
        git(root, "worktree", "remove", "--force", tree);
        rmSync(folder, { recursive: true, force: true });
        release();
    }
}

/** Runs the plan of a checkout with the packages of this one: what is compared is the repository. */
function planIn(checkout: string, { root, ref, output, stack, configFile }: DiffRequest): string {
    symlinkSync(realpathSync(join(root, "node_modules")), join(checkout, "node_modules"), "dir");
    const options = ["--stack", stack, "--output", output];
    const result = spawnSync(
        process.execPath,
        [
            "--require",
            require.resolve("tsx/cjs"),
            PROGRAM,
            ...options,
            ...(configFile === undefined ? [] : ["--config-file", configFile]),
        ],
        { cwd: checkout, encoding: "utf8", env: childEnvironment(), maxBuffer: 2 ** 28 },
    );
    if (result.signal !== null) {
        throw new Error(`--diff ${ref}: ended by ${result.signal}`);
    }
    if (result.status !== 0) {
        throw new UsageError(
            `--diff ${ref}: that revision has no such plan. It says:\n${said(result)}`,
        );
    }
    return result.stdout;
}

/** A unified diff; no setting of the user's Git changes it. */
function compare(folder: string, before: string, now: string): string {
    const files = [join("before", "plan"), join("now", "plan")] as const;
    for (const [file, text] of [[files[0], before] as const, [files[1], now] as const]) {
        mkdirSync(join(folder, file, ".."), { recursive: true });
        writeFileSync(join(folder, file), text);
    }
    const fixed = ["--no-color", "--no-ext-diff", "--no-textconv", "--diff-algorithm=myers"];
    const prefixes = ["--src-prefix=", "--dst-prefix=", "--unified=3", "--no-indent-heuristic"];
    const result = git(folder, "diff", "--no-index", ...fixed, ...prefixes, "--", ...files);
    if (result.status !== 0 && result.status !== 1) {
        throw new Error(`git diff failed: ${said(result)}`);
    }
    // Git's own lines about blobs and modes say nothing about a plan.
    const start = result.stdout.indexOf("--- ");
    return start < 0 ? "" : result.stdout.slice(start);
}

function git(folder: string, ...args: string[]): SpawnSyncReturns<string> {
    // A hook of the repository has no part in this.
    const words = ["-C", folder, "-c", "core.hooksPath=/dev/null", ...args];
    return spawnSync("git", words, {
        encoding: "utf8",
        env: childEnvironment(),
        maxBuffer: 2 ** 28,
    });
}

function checked(result: SpawnSyncReturns<string>): string {
    if (result.status !== 0) {
        throw new UsageError(`git failed: ${said(result)}`);
    }
    return result.stdout;
}

function said({ stderr, error }: SpawnSyncReturns<string>): string {
    return error?.message ?? stderr.trim();
}

/** An interrupt ends the running command, and then the worktree is taken away, not the other way around. */
function holdSignals(): () => void {
    const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
    const wait = () => undefined;
    for (const signal of signals) {
        process.on(signal, wait);
    }
    return () => {
        for (const signal of signals) {
            process.removeListener(signal, wait);
        }
    };
}
