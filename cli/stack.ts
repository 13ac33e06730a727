import { randomUUID } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { parse } from "yaml";
import { z } from "zod";

import {
    configOptions,
    optionsFor,
    parseStackCommand,
    pulumiArguments,
    type StackCommand,
} from "./stack/arguments";
import { endOnClosedPipe } from "./commandLine/closedPipe";
import { asksForHelp, helpText } from "./commandLine/help";
import { ApiError, ConnectionError } from "../cluster/apiError";
import { HttpCluster } from "../cluster/httpCluster";
import { connectionFromKubeconfig } from "../cluster/kubeconfig";
import { UsageError } from "../config/usageError";
import { keptFor, othersIn, ownNamespace } from "./stack/namespaceContents";
import { removeBrokenAttributes } from "./stack/brokenAttributes";
import { endOrphans, RUN_VARIABLE } from "./stack/orphans";
import { pendingCreates, takenOver, withoutForeign } from "./stack/pendingCreates";
import { stackHelp } from "./stack/help";
import { ask, run, StackError, tell } from "./stack/pulumi";
import type { Place } from "./stack/place";
import { recover } from "./stack/recovery";
import { imageResults, summaryText } from "./stack/summary";

/** Milliseconds that all questions about a namespace may take together. */
const TIMEOUT = 30_000;

/** `npm run up|preview|destroy`: pulumi on a stack, after clearing away what a killed run has left. */
async function main(): Promise<number> {
    const words = process.argv.slice(2);
    if (asksForHelp(words)) {
        process.stdout.write(helpText(stackHelp(words[0] ?? "up")));
        return 0;
    }
    const command = parseStackCommand(words);
    const place = placeOf(command);
    if (command.verb !== "preview") {
        await recover(place, say);
    }
    const folder = mkdtempSync(join(tmpdir(), "multiarch-run-"));
    const events = join(folder, "events.json");
    const env = { [RUN_VARIABLE]: randomUUID() };
    try {
        if (command.verb !== "preview") {
            const code = await finishCreates(place, configOptions(command), env);
            if (code !== 0) {
                return code;
            }
        }
        if (command.verb === "destroy") {
            await keepOthers(command, place);
        }
        if (command.verb !== "up") {
            return await run(pulumiArguments(command), env);
        }
        const options = ["--event-log", events];
        // Without this variable pulumi does not know the option; its own Automation API sets it too.
        const known = { ...env, PULUMI_DEBUG_COMMANDS: "true" };
        const code = await run([...pulumiArguments(command), ...options], known);
        process.stderr.write(summaryText(imageResults(textOf(events))));
        return code;
    } finally {
        rmSync(folder, { recursive: true, force: true });
        await endOrphans();
    }
}

/** Throws where a namespace would be deleted with what others have in it, unless that is what was asked for. */
async function keepOthers(command: StackCommand, place: Place): Promise<void> {
    const namespace = ownNamespace(ask("stack", "export", ...place.options));
    if (namespace === undefined || namespace.name === command.withNamespace) {
        return;
    }
    const cluster = new HttpCluster(connectionFromKubeconfig(namespace.cluster));
    const others = await othersIn(cluster, namespace, AbortSignal.timeout(TIMEOUT));
    const problem = keptFor(namespace.name, others);
    if (problem !== undefined) {
        throw new StackError(problem);
    }
}

/** Settles what a killed run began to create; returns the exit code. */
async function finishCreates(
    place: Place,
    config: string[],
    env: NodeJS.ProcessEnv,
): Promise<number> {
    const state = ask("stack", "export", ...place.options);
    const pending = pendingCreates(state);
    if (pending.length === 0) {
        return 0;
    }
    const names = pending.map((urn) => urn.split("::").at(-1) ?? urn);
    say(`a run was killed while it created ${names.join(", ")}: taking stock (pulumi refresh)`);
    const taken = takenOver(state);
    tell(taken.state, "stack", "import", ...place.options);
    if (taken.urns.length === 0) {
        return 0;
    }
    const targets = taken.urns.map((urn) => `--target=${urn}`);
    const refresh = ["refresh", "--yes", "--skip-preview", "--suppress-outputs", ...targets];
    const code = await run([...refresh, ...place.options, ...config], env);
    if (code === 0) {
        const refreshed = ask("stack", "export", ...place.options);
        tell(withoutForeign(refreshed, taken.urns), "stack", "import", ...place.options);
    }
    return code;
}

function placeOf(command: StackCommand): Place {
    const options = optionsFor(command);
    const { url } = z.object({ url: z.string() }).parse(JSON.parse(ask("whoami", "--json")));
    const folder = command.folder ?? process.cwd();
    const project = z
        .object({ name: z.string() })
        .parse(parse(readFileSync(join(folder, "Pulumi.yaml"), "utf8"))).name;
    // First of all, and for a preview as well: no command of Pulumi's knows the stack before.
    removeBrokenAttributes(url, project, say);
    const stack = command.stack ?? ask("stack", "--show-name", ...options).trim();
    return { backend: url, project, stack, options };
}

function textOf(file: string): string {
    try {
        return readFileSync(file, "utf8");
    } catch {
        return "";
    }
}

function say(text: string): void {
    process.stderr.write(`multiarch: ${text}\n`);
}

endOnClosedPipe();
main().then(
    (code) => {
        process.exitCode = code;
    },
    (error: unknown) => {
        const known =
            error instanceof StackError ||
            error instanceof UsageError ||
            error instanceof ApiError ||
            error instanceof ConnectionError;
        say(known ? error.message : error instanceof Error ? (error.stack ?? "") : String(error));
        process.exitCode = error instanceof UsageError ? 2 : 1;
    },
);
