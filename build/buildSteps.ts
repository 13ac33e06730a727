import { printable } from "./printable";

// Their values may come from Secrets, and the builder prints them.
const VALUES = /^((?:\[\d+\/\d+\] )?STEP \d+\/\d+: (?:ENV|ARG|LABEL)) .*$/s;
const STEP = /^(?:\[(\d+\/\d+)\] )?STEP (\d+\/\d+): (.*)$/s;
const STEP_CHARACTERS = 70;

/** A line of a build's log without the values of variables and labels. */
export function withoutValues(line: string): string {
    return line.replace(VALUES, "$1 …");
}

/** What a line of a build's log says about progress, if it begins a new step. */
export function stepIn(line: string): string | undefined {
    const step = STEP.exec(withoutValues(line.trimEnd()));
    if (step !== null) {
        const [, stage, number = "", instruction = ""] = step;
        const text = `STEP ${number} ${printable(instruction, STEP_CHARACTERS)}`;
        return stage === undefined ? text : `stage ${stage} ${text}`;
    }
    if (line.startsWith("Cloning ")) {
        return "fetching the source";
    }
    const pulled = /^Pulling image (\S+)/.exec(line)?.[1];
    if (pulled !== undefined) {
        return `pulling ${printable(pulled, STEP_CHARACTERS)}`;
    }
    return line.startsWith("Pushing image ") ? "pushing the image" : undefined;
}
