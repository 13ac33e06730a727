import "./plan/shellText";

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";

import { UsageError } from "../config/usageError";
import type { Step } from "./engine/update";
import { rehearse, type Rehearsal, type RehearsalListener } from "./rehearsal/rehearse";
import { svgText } from "./timeline/svg";
import { timelinesOf } from "./timeline/timeline";

const root = join(__dirname, "..");
const USAGE = "expected --output short, --output all, or nothing";

/** `npm start`: the whole update of an example, twice, on a cluster that is simulated here. */
async function start(args: readonly string[]): Promise<number> {
    const all = readOptions(args);
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
    const abort = new AbortController();
    const interrupt = () => {
        abort.abort(new Error("interrupted"));
    };
    process.once("SIGINT", interrupt).once("SIGTERM", interrupt);
    try {
        const rehearsal = await rehearse(folder, 2, listenerOf(all), abort.signal);
        try {
            return show(rehearsal, (Date.now() - began) / 1000);
        } finally {
            await rehearsal.close();
        }
    } finally {
        process.chdir(root);
        rmSync(folder, { recursive: true, force: true });
    }
}

function readOptions(args: readonly string[]): boolean {
    const [option, value, ...rest] = args.flatMap((word) => word.split("="));
    if (option === undefined) {
        return false;
    }
    if (option !== "--output" || !["all", "short"].includes(value ?? "") || rest.length > 0) {
        throw new UsageError(`unknown ${args.join(" ")}: ${USAGE}`);
    }
    return value === "all";
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
function show({ updates, cluster, commit }: Rehearsal, seconds: number): number {
    const failed = updates.find(({ error }) => error !== undefined)?.error;
    if (failed !== undefined) {
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
    writeFileSync(drawing, svgText(timelinesOf(outputs)));
    for (const [name, image] of Object.entries(outputs.images)) {
        say("");
        say(`${name}, commit ${commit.slice(0, 12)}`);
        say(`  digest     ${image.reference}`);
        for (const [architecture, digest] of Object.entries(image.platforms)) {
            say(`  linux/${architecture.padEnd(7)} ${digest}`);
        }
        say(`  tags       ${image.tags.join(", ")}`);
        for (const pod of cluster.store.list("/api/v1/namespaces/kubernaut-system/pods")) {
            const { nodeName, containers } = pod.spec as {
                nodeName: string;
                containers?: readonly { name: string }[];
            };
            const [status] = (pod.status?.["containerStatuses"] ?? []) as { imageID?: string }[];
            if (containers !== undefined && status?.imageID !== undefined) {
                say(`  pod        ${pod.metadata.name} on ${nodeName} runs ${status.imageID}`);
            }
        }
    }
    say("");
    say(
        `Timeline: ${relative(process.cwd(), drawing).startsWith("..") ? drawing : relative(process.cwd(), drawing)}`,
    );
    say(`Done in ${seconds.toFixed(1)} s. Next:`);
    say("  npm run plan                    what pulumi up would do on a cluster of yours");
    say("  npm start -- --output all       every step of this rehearsal");
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

// `| head` ends quietly.
process.stdout.on("error", () => process.exit(0));
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
