import { stringify } from "yaml";

import { mapTexts, type RecordedResource, type Recording, spell } from "./recording";

/** Names that are read first, in this order; the others follow by the alphabet. */
const FIRST = ["apiVersion", "kind", "metadata", "name", "create"];

/** The Kubernetes objects as YAML documents, in the order in which they are made. */
export function manifestsText(recording: Recording): string {
    return documents(ofRole(recording, "object"), recording.standIns);
}

/** The Commands with their programs and environments, as YAML documents. */
export function commandsText(recording: Recording): string {
    return documents(ofRole(recording, "command"), recording.standIns);
}

/** The questions to the registry, as YAML documents. */
export function questionsText({ questions, standIns }: Recording): string {
    return documents(questions, standIns);
}

function ofRole({ resources }: Recording, role: RecordedResource["role"]): RecordedResource[] {
    return resources.filter((resource) => resource.role === role);
}

type Step = Pick<RecordedResource, "key" | "parent" | "inputs">;

function documents(steps: readonly Step[], standIns: Recording["standIns"]): string {
    return steps
        .map(({ key, parent, inputs }) => {
            const shown = mapTexts(sorted(inputs), (text) => spell(text, standIns));
            const place = parent === undefined ? "" : `, of ${parent}`;
            const yaml = stringify(shown, { lineWidth: 0, aliasDuplicateObjects: false });
            return `---\n# ${key}${place}\n${yaml}`;
        })
        .join("");
}

function sorted(value: unknown): unknown {
    if (Array.isArray(value)) {
        return value.map(sorted);
    }
    if (typeof value !== "object" || value === null) {
        return value;
    }
    return Object.fromEntries(
        Object.entries(value)
            .sort(([a], [b]) => place(a) - place(b) || (a < b ? -1 : 1))
            .map(([name, entry]) => [name, sorted(entry)]),
    );
}

function place(name: string): number {
    const index = FIRST.indexOf(name);
    return index < 0 ? FIRST.length : index;
}
