import { readFileSync } from "node:fs";
import { join } from "node:path";

import { z } from "zod";

import { type Result } from "./results";
import { type Unprotected } from "./unprotected";

const root = join(__dirname, "../..");

/** The table, for a terminal. */
export function tableText(results: readonly Result[]): string {
    const rows = sortedRows(results);
    const width = Math.max(0, ...rows.map(({ fault }) => fault.length));
    return [
        ...rows.map(
            ({ fault, saw, seconds, after }) =>
                `${fault.padEnd(width)}  ${seconds.toFixed(0).padStart(4)} s  ${after}\n${" ".repeat(width)}          saw: ${saw}\n`,
        ),
        ...failures(results).map((name) => `FAILED: ${name}\n`),
    ].join("");
}

/** The text of docs/reliability.md. */
export function document(results: readonly Result[], unprotected: readonly Unprotected[]): string {
    const failed = failures(results);
    return `# Reliability

<!-- Written by testbed/faults/main.ts (npm run faults): do not edit. -->

Every fault below was injected for real on the sandbox: ${runs(results)}; ${versions()}.

After each of them: every tag in the destination repository names a whole list of both architectures from one commit, or
one architecture's image as its tag says; the service that ran before answers from both nodes in its old version; where
the destination was the faulty registry, its password was found neither in command lines and environments in the sandbox
(all processes, five times a second, except the program itself, to which Pulumi hands the configuration), nor in output,
logs, state, events and objects; and the next update finished without manual clean-up. "Recovery" is how long that
update took, builds included; on a machine that was busy with other work.

| Fault | What the user saw | Recovery | Afterwards |
| --- | --- | --- | --- |
${sortedRows(results)
    .map(({ fault, saw, seconds, after }) =>
        line([
            fault,
            saw === "" ? "" : `\`${saw.replaceAll("`", "'")}\``,
            `${seconds.toFixed(0)} s`,
            after,
        ]),
    )
    .join("")}
${failed.length === 0 ? "" : `Failed when last run:\n\n${failed.map((name) => `- ${name}\n`).join("")}\n`}${withoutText(results, unprotected)}## What takes care of it

- **A build is known by its identity** (label \`multiarch/identity\`: architecture, commit, everything that goes into the
  image). An update that follows a dead one adopts its running and finished builds.
- **A build that failed for its surroundings** (its pod evicted, deleted or made by half, its node silent for 30 s after
  Kubernetes noticed, a server that did not answer) is started again, three times in all, with pauses of 10-15 s and 20-30 s that
  the output names. What a Dockerfile does, memory included, is not tried again.
- **An image that is gone** (pruned after its build had succeeded, before it was published) is built again.
- **The publisher** repeats what may pass: regctl each request, Kubernetes the pod (\`backoffLimit\`, 10 s, 20 s, 40 s).
  What a registry refuses (401, 403, quota, certificate) ends its pod with exit code 77, and the update at once. That a
  push is allowed is tried when the pod starts, beside the builds.
- **A Job that is not complete** is replaced by the next update (\`pulumi.com/replaceUnready\`).
- **\`npm run up\`** is \`pulumi up --refresh --continue-on-error\` after clearing away what a killed run has left: a lock of
  a file backend whose process is gone on this host (only that lock's file: \`pulumi cancel\` would also take the lock of
  somebody who has just begun), plugins and runners of a dead run (known by \`MULTIARCH_RUN\` in their environment, ended by
  their ids), and creations that nobody saw the end of (an object of the cluster that is there is taken over,
  everything else may be created again). A lock of a live run, or of another host, is never touched. A state that the
  file backend left empty on a full disk is replaced by the newest copy that can be read, Pulumi's backup or its history,
  and kept beside it. Attributes beside a state that were cut off by a kill, which no command of Pulumi's gets over, are
  removed.
- Plain \`pulumi up\` does the same except for these: it needs \`pulumi cancel\` after a kill (and, where that says
  \`failed to load checkpoint: EOF\`, \`npm run up\`), and \`--refresh\` after
  somebody has deleted an object.
`;
}

function versions(): string {
    const { dependencies } = z
        .object({ dependencies: z.record(z.string(), z.string()) })
        .parse(JSON.parse(readFileSync(join(root, "package.json"), "utf8")));
    const packages = Object.entries(dependencies)
        .filter(([name]) => name.startsWith("@pulumi/"))
        .map(([name, version]) => `${name} ${version}`);
    return [`Node ${process.versions.node}`, ...packages].join(", ");
}

/** Which tests were seen failing without what they rely on, and which were not. */
function withoutText(results: readonly Result[], unprotected: readonly Unprotected[]): string {
    const seen = unprotected.filter(({ failure }) => failure !== undefined);
    const rest = results
        .map(({ test }) => test)
        .filter((name) => !seen.some(({ test }) => name.includes(test)));
    return `## Seen failing

Each of these was taken out of a copy of the repository, and the test named beside it failed
(\`npm run faults -- --unprotected\`). What others do cannot be taken out: there the fault was made to outlast it, as
the words in brackets say.

| Without this | this test failed | in these words |
| --- | --- | --- |
${seen.map(({ name, test, failure = "" }) => line([name, test, `\`${failure.replaceAll("`", "'")}\``])).join("")}
${rest.length === 0 ? "" : `Not seen failing:\n\n${rest.map((name) => `- ${name}\n`).join("")}\n`}`;
}

function line(cells: readonly string[]): string {
    const cell = (text: string) => text.replaceAll("|", "\\|").replace(/\s+/g, " ").trim();
    return `| ${cells.map(cell).join(" | ")} |\n`;
}

function sortedRows(results: readonly Result[]) {
    return results
        .filter(({ passed }) => passed)
        .flatMap(({ rows }) => rows)
        .sort((one, other) => one.fault.localeCompare(other.fault));
}

function failures(results: readonly Result[]): string[] {
    return results.filter(({ passed }) => !passed).map(({ test }) => test);
}

/** When and on which commits: more than one where only what had failed was run again. */
function runs(results: readonly Result[]): string {
    const counts = new Map<string, number>();
    for (const { day, commit } of results) {
        const run = `${day} at commit ${commit}`;
        counts.set(run, (counts.get(run) ?? 0) + 1);
    }
    return [...counts].map(([run, count]) => `${count} tests on ${run}`).join(", ");
}
