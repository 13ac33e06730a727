import { printable } from "../../cluster/printable";

// Their values may come from Secrets, and the builder prints them.
const VALUES = /^((?:\[\d+\/\d+\] )?STEP \d+\/\d+: (?:ONBUILD\s+)*(?:ENV|ARG|LABEL))\s.*$/is;
const STEP = /^(?:\[(\d+\/\d+)\] )?STEP (\d+\/\d+): (.*)$/s;
// They only write to the image's configuration: over before anybody has read of them, and most of many Dockerfiles.
const INSTANT =
    /^(ARG|CMD|ENTRYPOINT|ENV|EXPOSE|LABEL|MAINTAINER|ONBUILD|STOPSIGNAL|USER|VOLUME) /i;
const STEP_CHARACTERS = 70;
const BEGINNINGS = [
    [/^Cloning /, "FetchInputs"],
    [/^Pulling image /, "PullImages"],
    [STEP, "Build"],
    [/^Pushing image /, "PushImage"],
] as const;

/** A line of a build's log without the values of variables and labels. */
export function withoutValues(line: string): string {
    return line.replace(VALUES, "$1 …");
}

/** The stage, as OpenShift names it, that a line of a build's log belongs to, if it begins one. */
export function stageIn(line: string): string | undefined {
    const [, stage] = BEGINNINGS.find(([beginning]) => beginning.test(line)) ?? [];
    return stage;
}

/** What a line of a build's log says about progress, if it begins a new step that takes time. */
export function stepIn(line: string): string | undefined {
    const step = STEP.exec(withoutValues(line.trimEnd()));
    if (step !== null) {
        const [, stage, number = "", instruction = ""] = step;
        if (INSTANT.test(instruction)) {
            return undefined;
        }
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
