import "./plan/shellText";

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";

import * as pulumi from "@pulumi/pulumi";

import { UsageError } from "../config/usageError";
import { endOnClosedPipe } from "./commandLine/closedPipe";
import { asksForHelp, helpText } from "./commandLine/help";
import type { Step } from "./engine/update";
import { knownKind } from "../simulator/api/kinds";
import { type Fault, faults } from "./rehearsal/faults";
import { rehearse, type Rehearsal, type RehearsalListener } from "./rehearsal/rehearse";
import { svgText } from "./timeline/svg";
import { timelinesOf } from "./timeline/timeline";

const root = join(__dirname, "..");
const USAGE = `expected --output all|short, --fault NAME (${Object.keys(faults).join(", ")}), --fault list, or nothing`;

const help = {
    name: "start",
    what: "Rehearses the whole update of an example, twice, on a cluster that is simulated in this process.",
    usage: ["npm start -- [--output all|short] [--fault NAME]"],
    options: [
        ["--output all", "every step and every line of the Commands"],
        ["--fault NAME", "rehearse something that goes wrong"],
        ["--fault list", "list what can go wrong"],
    ],
    failure: "the rehearsal did not end as it should",
} as const;

/** `npm start`: the whole update of an example, twice, on a cluster that is simulated here. */
async function start(args: readonly string[]): Promise<number> {
    if (asksForHelp(args)) {
        process.stdout.write(helpText(help));
        return 0;
    }
    const { all, fault } = readOptions(args);
    if (fault === "list") {
        for (const [name, { what }] of Object.entries(faults)) {
            say(`${name.padEnd(20)} ${what}`);
        }
        return 0;
    }
    const began = Date.now();
    say(
        "A rehearsal: the cluster, its builds and both registries are simulated in this process; nothing outside is asked.",
    );
    say(
        "Real: the program with its checks and Commands, the publisher's script (sh), Git, the images' layers and digests.",
    );
    say(
        "Not real: RUN is not executed and bases are not pulled (the build's log says where); regctl and Pulumi's engine have stand-ins.",
    );
    // Stacks of promises are most of the SDK's time, and nothing here shows one.
    Error.stackTraceLimit = 0;
    const folder = mkdtempSync(join(tmpdir(), "multiarch-rehearsal-"));
    // Also when a reader goes away, or somebody has enough.
    process.once("exit", () => {
        process.chdir(root);
        rmSync(folder, { recursive: true, force: true });
    });
    const abort = new AbortController();
    const interrupt = () => {
        abort.abort(new Error("interrupted"));
    };
    process.once("SIGINT", interrupt).once("SIGTERM", interrupt);
    try {
        const options = { times: 2, ...(fault !== undefined && { fault: faultNamed(fault) }) };
        const rehearsal = await rehearse(folder, options, listenerOf(all), abort.signal);
        try {
            return fault === undefined
                ? show(rehearsal, (Date.now() - began) / 1000)
                : showFault(rehearsal);
        } finally {
            await rehearsal.close();
        }
    } finally {
        process.removeListener("SIGINT", interrupt).removeListener("SIGTERM", interrupt);
    }
}

interface StartOptions {
    readonly all: boolean;
    readonly fault: string | undefined;
}

function readOptions(args: readonly string[]): StartOptions {
    const words = args.flatMap((word) => word.split("="));
    const found: { all: boolean; fault: string | undefined } = { all: false, fault: undefined };
    for (let at = 0; at < words.length; at += 2) {
        const [option, value = ""] = words.slice(at, at + 2);
        if (option === "--output" && ["all", "short"].includes(value)) {
            found.all = value === "all";
        } else if (option === "--fault" && (value === "list" || Object.hasOwn(faults, value))) {
            found.fault = value;
        } else {
            throw new UsageError(`unknown ${args.join(" ")}: ${USAGE}`);
        }
    }
    return found;
}

function faultNamed(name: string): Fault {
    const fault = faults[name];
    if (fault === undefined) {
        throw new UsageError(`unknown fault ${name}: ${USAGE}`);
    }
    say(`The fault: ${fault.what}.`);
    return fault;
}

/** What a fault looks like; returns the exit code: 0 where the update failed, as it should. */
function showFault({ updates, tags }: Rehearsal): number {
    const error = updates.at(-1)?.error;
    if (error === undefined) {
        say("The update went well, and should not have.");
        return 1;
    }
    say("");
    say("The update failed, as it should:");
    for (const line of error.message.split("\n")) {
        say(`  ${line}`);
    }
    // What waits for the step that failed will wait for ever, and the SDK need not complain of it.
    pulumi.runtime.terminateRpcs();
    const floating = ["latest", "v0.1.0"].filter((tag) => tags.has(tag));
    say(`Floating tags that moved: ${floating.join(", ") || "none"}`);
    return floating.length === 0 ? 0 : 1;
}

function listenerOf(all: boolean): RehearsalListener {
    return {
        begin: (number) => {
            say(
                number === 1
                    ? "First update, of a new stack:"
                    : "Second update, of the same commit:",
            );
        },
        step: (step, { type, name }) => {
            if (all && step !== "same") {
                say(`  ${step} ${type.split(":").at(-1) ?? type} ${name}`);
            }
        },
        message: (text) => {
            say(`  ${text}`);
        },
        progress: (_, line) => {
            if (all || /started|complete|published|transferred|rolled out|failed/i.test(line)) {
                say(`  ${line}`);
            }
        },
    };
}

interface Outputs {
    readonly digest: string;
    readonly platforms: Readonly<Record<string, string>>;
    readonly tags: readonly string[];
    readonly reference: string;
}

/** What came of it, or why it failed; returns the exit code. */
function show({ updates, cluster, commit, imageOf }: Rehearsal, seconds: number): number {
    const failed = updates.find(({ error }) => error !== undefined)?.error;
    if (failed !== undefined) {
        pulumi.runtime.terminateRpcs();
        say(`The rehearsal failed: ${failed.message}`);
        return 1;
    }
    updates.forEach(({ steps }, index) => {
        say(`Update ${index + 1}: ${counted([...steps.values()])}`);
    });
    const [first, second] = updates;
    const built = [...(second?.steps ?? [])].filter(([, step]) => step !== "same");
    if (built.length > 0) {
        say(
            `The second update should have changed nothing: ${built.map(([urn]) => urn).join(", ")}`,
        );
        return 1;
    }
    const outputs = first?.state.outputs as { images: Readonly<Record<string, Outputs>> };
    const drawing = join(root, ".multiarch", "timeline.svg");
    mkdirSync(join(root, ".multiarch"), { recursive: true });
    writeFileSync(drawing, svgText(timelinesOf(outputs)));
    for (const [name, image] of Object.entries(outputs.images)) {
        say("");
        say(`${name}, commit ${commit.slice(0, 12)}`);
        say(`  digest     ${image.reference}`);
        for (const [architecture, digest] of Object.entries(image.platforms)) {
            say(`  linux/${architecture.padEnd(7)} ${digest}`);
        }
        say(`  tags       ${image.tags.join(", ")}`);
        for (const pod of cluster.store.list(knownKind("", "pods"), "kubernaut-system")) {
            const { nodeName } = pod.spec as { nodeName: string };
            const [status] = (pod.status?.["containerStatuses"] ?? []) as { image: string }[];
            const digest = status && imageOf(status.image);
            if (digest !== undefined && pod.metadata.deletionTimestamp === undefined) {
                say(`  pod        ${pod.metadata.name} on ${nodeName} runs ${digest}`);
            }
        }
    }
    say("");
    say(`Timeline: ${relative(root, drawing)}`);
    say(`Done in ${seconds.toFixed(1)} s. Next:`);
    say("  npm run plan                    what pulumi up would do on a cluster of yours");
    say("  npm start -- --fault list       what can go wrong, and how it looks");
    say("  less README.md                  Deploy to your own cluster");
    return 0;
}

function counted(steps: readonly Step[]): string {
    const names: readonly Step[] = ["create", "update", "replace", "delete", "same"];
    return names
        .map((name) => [name, steps.filter((step) => step === name).length] as const)
        .filter(([, count]) => count > 0)
        .map(([name, count]) => `${count} ${name}`)
        .join(", ");
}

function say(text: string): void {
    process.stdout.write(`${text}\n`);
}

endOnClosedPipe();
start(process.argv.slice(2)).then(
    (code) => {
        process.exit(code);
    },
    (error: unknown) => {
        process.stderr.write(
            `multiarch: ${error instanceof Error ? error.message : String(error)}\n`,
        );
        process.exit(error instanceof UsageError ? 2 : 1);
    },
);
