import { type Resource } from "./values";

/** One rule of the pack. */
export interface Rule<Config extends object = object> {
    /** Name in policy-config.json and in the CLI's report. */
    readonly name: string;
    readonly description: string;
    /** What happens on a violation unless policy-config.json says otherwise. */
    readonly level: "advisory" | "mandatory";
    /** JSON schema of the settings beside `enforcementLevel`. */
    readonly settings?: Readonly<Record<string, object>>;
    /** Violations of a resource, in words; none for a resource that the rule is not about. */
    readonly check: (resource: Resource, config: Config) => readonly string[];
}

/** The words of one violation. */
export function violation(fault: {
    /** What is wrong: begins with the path, shows the value unless it may be a secret. */
    readonly wrong: string;
    readonly accepted: string;
    /** What to change, in the configuration or in the code. */
    readonly fix: string;
}): string {
    return `${fault.wrong}. Accepted: ${fault.accepted}. To fix: ${fault.fix}.`;
}
