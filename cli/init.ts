import "./plan/shellText";

import { existsSync, writeFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { createInterface, type Interface } from "node:readline/promises";

import { resolveCommit } from "../checks/source/commit";
import { readDockerfile } from "../checks/source/dockerfileText";
import { UsageError } from "../config/usageError";
import { runMain } from "./commandLine/main";
import { isOnPath } from "./commandLine/onPath";
import { readWords } from "./commandLine/words";
import { checked, FLAGS } from "./init/arguments";
import { type Ask, completeStack, type Suggestions } from "./init/askFor";
import { exposedPorts } from "./init/dockerfile";
import { nextStackText, stackText } from "./init/stackText";

const root = join(__dirname, "..");

const help = {
    name: "init",
    what: "Writes the file of a new stack: asks on a terminal, or takes options. No file is overwritten.",
    usage: ["npm run init", "npm run init -- --git-url URL --destination REPOSITORY [OPTION ...]"],
    options: [
        ["--stack NAME", "the stack; dev if none is given"],
        ["--namespace NAME", "the namespace in the cluster; the image's name if none is given"],
        ["--create-namespace yes|no", "whether the stack creates it; yes"],
        ["--git-url URL", "the service's source; its Dockerfile is read for suggestions"],
        ["--git-ref REF", "branch or tag; main"],
        ["--image NAME", "name of the image; the repository's if none is given"],
        ["--dockerfile PATH", "Dockerfile"],
        ["--destination REPOSITORY", "registry/namespace/name to push to"],
        ["--port NUMBER|none", "port of the service; what the Dockerfile EXPOSEs, else none"],
        ["--probe PATH", "path of its health check; /health"],
        ["--architectures LIST", "amd64,arm64"],
        ["--push-secret NAME", "existing Secret to push with, in place of --username"],
        ["--username NAME", "account that pushes; its password is set afterwards"],
        ["--promotion STACK,STACK", "further stacks that deploy the digest of the one before"],
        ["--dir FOLDER", "where the files go; this repository"],
        ["--json", "say what was written as JSON, for a machine"],
    ],
    failure: "a file cannot be written",
} as const;

/** `npm run init`: from a Git URL to a stack's file that plans. */
runMain(help, async (words) => {
    const given = readWords(words, FLAGS);
    const stack = checked("--stack", given.get("--stack") ?? "dev");
    const others = given.has("--promotion")
        ? checked("--promotion", given.get("--promotion") ?? "").split(",")
        : [];
    const folder = resolve(given.get("--dir") ?? root);
    const stacks = [stack, ...others];
    const files = stacks.map((name) => join(folder, `Pulumi.${name}.yaml`));
    requireNew(stacks, files);
    const isAsked = process.stdin.isTTY && !given.has("--json");
    const terminal = isAsked
        ? createInterface({ input: process.stdin, output: process.stdout })
        : undefined;
    try {
        const settings = await completeStack(given, asking(terminal), look);
        const texts = stacks.map((name, index) =>
            index === 0
                ? stackText(settings)
                : nextStackText(settings, {
                      stack: name,
                      namespace: `${settings.namespace}-${name}`,
                      from: stacks[index - 1] ?? stack,
                  }),
        );
        files.forEach((file, index) => {
            // Somebody else's file that has come meanwhile is kept, too.
            writeFileSync(file, texts[index] ?? "", { flag: "wx" });
        });
        const next = nextCommands(stack, files[0] ?? "", settings.username);
        process.stdout.write(
            given.has("--json")
                ? `${JSON.stringify({ files, next }, undefined, 4)}\n`
                : `${files.map((file) => `Wrote ${relative(process.cwd(), file)}\n`).join("")}Next:\n${next.map((line) => `  ${line}\n`).join("")}`,
        );
        return 0;
    } finally {
        terminal?.close();
    }
});

function requireNew(stacks: readonly string[], files: readonly string[]): void {
    const twice = stacks.find((name, index) => stacks.indexOf(name) < index);
    if (twice !== undefined) {
        throw new UsageError(`--promotion: ${twice} is named twice: expected stacks that differ.`);
    }
    const present = files.find((file) => existsSync(file));
    if (present !== undefined) {
        throw new UsageError(`${present} exists already: expected another --stack or --dir.`);
    }
}

function asking(terminal: Interface | undefined): Ask {
    return (
        terminal &&
        ((question, suggestion) =>
            terminal.question(`${question}${suggestion === undefined ? "" : ` [${suggestion}]`}: `))
    );
}

async function look(url: string, ref: string, dockerfilePath: string): Promise<Suggestions> {
    try {
        const commit = await resolveCommit({ url, ref });
        const text = await readDockerfile({ url, commit, contextDir: ".", dockerfilePath });
        if (text !== undefined) {
            return { isRead: true, ports: exposedPorts(text) };
        }
    } catch {
        // It may be private, or not there yet: the plan and the update say what is missing.
    }
    process.stderr.write(
        `init: ${dockerfilePath} of ${url} (${ref}) cannot be read from here, so nothing is suggested from it\n`,
    );
    return { isRead: false, ports: [] };
}

/** What is to be done next, and can be done here. */
function nextCommands(stack: string, file: string, username: string | undefined): string[] {
    const place = file.startsWith(join(root, "Pulumi.")) ? "" : ` --config-file ${file}`;
    const plan = `npm run plan -- --stack ${stack}${place}`;
    if (!isOnPath("pulumi")) {
        return [plan, "then install Pulumi: https://www.pulumi.com/docs/install/"];
    }
    const password = `pulumi config set --secret multiarch:registryPassword --stack ${stack}`;
    return [plan, `pulumi stack init ${stack}`, ...(username === undefined ? [] : [password])];
}
