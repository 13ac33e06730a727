import "./plan/shellText";

import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { runMain } from "./commandLine/main";
import { isOnPath } from "./commandLine/onPath";
import { parsePlan } from "./plan/arguments";
import { diffWith } from "./plan/diff";
import { planJson } from "./plan/json";
import { planText } from "./plan/planText";
import { recordStack } from "./plan/recordStack";

const help = {
    name: "plan",
    what: "Shows what a stack's program declares, offline: no cluster, registry, credentials or Pulumi is needed.",
    usage: ["npm run plan -- [--stack NAME] [--output tree|yaml|all] [--json] [--diff REF]"],
    options: [
        ["--stack NAME", "the stack; dev if none is given"],
        ["--config-file FILE", "the stack's file; Pulumi.NAME.yaml if none is given"],
        ["--output tree", "components, order and a summary: what is shown when nothing is said"],
        ["--output yaml", "the Kubernetes objects alone, as YAML"],
        ["--output all", "the tree, then objects, Commands and look-ups; what --diff compares"],
        ["--json", "the same for a machine"],
        ["--diff REF", "how it differs from the plan of another revision of this repository"],
        ["--exit-code", "with --diff: exit code 1 where it differs"],
        ["--out FILE", "write it to a file"],
    ],
    failure: "the configuration is refused, or with --exit-code the plans differ",
} as const;

/** `npm run plan`: what a stack's program asks for, or how that differs from another revision of the repository. */
runMain(help, async (words) => {
    const { diff, exitCode, output, json, out, ...place } = parsePlan(words);
    const recording = await recordStack(place);
    const now = json ? planJson(recording) : planText(recording, output);
    const difference =
        diff === undefined
            ? undefined
            : diffWith({ root: join(__dirname, ".."), ref: diff, now, output, ...place });
    const text = difference?.text ?? now;
    if (out !== undefined) {
        writeFileSync(out, text);
    } else {
        const isForPeople = !json && output !== "yaml" && diff === undefined;
        process.stdout.write(isForPeople ? `${text}${next(place.stack)}` : text);
    }
    return exitCode && difference?.differs === true ? 1 : 0;
});

function next(stack: string): string {
    const ask = isOnPath("pulumi")
        ? `pulumi preview --stack ${stack}`
        : "install Pulumi, which is not on the PATH (https://www.pulumi.com/docs/install/)";
    return `\nNext: npm run plan -- --stack ${stack} --output yaml for the manifests; to ask the cluster: ${ask}\n`;
}
