import { commandsText, manifestsText, questionsText } from "./documents";
import type { Recording } from "./recording";
import { summaryOf, summaryText } from "./summary";
import { orderText, treeText } from "./treeText";

/** Parts of a plan that can be asked for. */
export const OUTPUTS = ["tree", "yaml", "all"] as const;

/** One of {@link OUTPUTS}. */
export type Output = (typeof OUTPUTS)[number];

/** A plan as text, the same for the same recording: `yaml` is the Kubernetes objects alone. */
export function planText(recording: Recording, output: Output): string {
    if (output === "yaml") {
        return manifestsText(recording);
    }
    const tree = [header(recording), treeText(recording), section("Order", orderText(recording))];
    const objects = [
        section("Kubernetes objects", manifestsText(recording)),
        section("Commands", commandsText(recording)),
        section("Look-ups in the registry", questionsText(recording)),
    ];
    const summary = section("Summary", summaryText(summaryOf(recording)));
    const parts = [...tree, ...(output === "tree" ? [] : objects), summary];
    return parts.map((part) => `${part.trimEnd()}\n`).join("\n");
}

function section(title: string, text: string): string {
    return `${title}\n${"-".repeat(title.length)}\n${text === "" ? "none\n" : text}`;
}

function header(recording: Recording): string {
    const { project, stack, configFile, assumedSecrets, resources, questions } = recording;
    const count = (role: string) => resources.filter((one) => one.role === role).length;
    const counts = [
        counted(count("component"), "component"),
        counted(count("object"), "Kubernetes object"),
        counted(count("command"), "Command"),
        counted(count("provider"), "provider"),
        counted(questions.length, "look-up in the registry", "look-ups in the registry"),
    ];
    const commits = [...recording.standIns.values()].filter((words) => words.startsWith("<commit"));
    const verb = commits.length === 1 ? "stands" : "stand";
    return [
        `Plan of ${project}, stack ${stack} (offline: what is asked for, not what a cluster says to it)`,
        `  configuration: ${configFile}`,
        `  resources: ${counts.join(", ")}`,
        ...(commits.length === 0
            ? []
            : [
                  `  commit: nobody was asked; ${commits.join(" and ")} ${verb} for it, and identities are those of a commit of zeros`,
              ]),
        ...(assumedSecrets.length === 0
            ? []
            : [`  secrets: not in ${configFile}, taken to be set: ${assumedSecrets.join(", ")}`]),
    ].join("\n");
}

function counted(count: number, one: string, many = `${one}s`): string {
    return `${count} ${count === 1 ? one : many}`;
}
