/** What stands where a secret value was. */
export const SECRET = "[secret]";

/** A resource as the program registered it. Names of other resources are their {@link key}. */
export interface RecordedResource {
    /** `KIND NAME`, e.g. `Deployment api-deployment`: no two resources of a stack share it. */
    readonly key: string;
    /** Pulumi's type, e.g. `kubernetes:apps/v1:Deployment`. */
    readonly type: string;
    readonly name: string;
    readonly role: "component" | "provider" | "object" | "command";
    /** The component that it is part of. */
    readonly parent: string | undefined;
    /** What the engine is told comes first: inputs of other resources, and `dependsOn`. */
    readonly dependencies: readonly string[];
    /** As the engine gets them, with {@link SECRET} in place of every secret. */
    readonly inputs: Readonly<Record<string, unknown>>;
}

/** A question that the program asks a provider, e.g. what a registry holds under a reference. */
export interface RecordedQuestion {
    /** `FUNCTION REPOSITORY`, e.g. `getRegistryImageManifests quay.io/shop/api`. */
    readonly key: string;
    readonly inputs: Readonly<Record<string, unknown>>;
    /** The innermost component whose outputs are not known before the answer is. */
    readonly parent: string | undefined;
    /** Commands whose output is in the question. */
    readonly dependencies: readonly string[];
    /** Resources of which an input is not known before the answer is. */
    readonly awaitedBy: readonly string[];
}

/** All that a stack's program asks for, in an order that is always the same. */
export interface Recording {
    readonly project: string;
    readonly stack: string;
    /** The stack's configuration file, relative to the repository where it is inside. */
    readonly configFile: string;
    /** Secrets that the file does not set and that were taken to be there. */
    readonly assumedSecrets: readonly string[];
    readonly resources: readonly RecordedResource[];
    readonly questions: readonly RecordedQuestion[];
    /** Values that stand for what nobody knows yet (of the right shape), and what to print for each. */
    readonly standIns: ReadonlyMap<string, string>;
    /** What the program exports. */
    readonly outputs: unknown;
}

/** The text with every stand-in replaced by what it stands for. */
export function spell(text: string, standIns: Recording["standIns"]): string {
    let spelled = text;
    for (const [value, label] of standIns) {
        spelled = spelled.replaceAll(value, label);
    }
    return spelled;
}

/** A copy of a value in which every text, but for names of properties, went through `change`. */
export function mapTexts(value: unknown, change: (text: string) => string): unknown {
    if (typeof value === "string") {
        return change(value);
    }
    if (Array.isArray(value)) {
        return value.map((entry) => mapTexts(entry, change));
    }
    if (typeof value === "object" && value !== null) {
        return Object.fromEntries(
            Object.entries(value).map(([name, entry]) => [name, mapTexts(entry, change)]),
        );
    }
    return value;
}
