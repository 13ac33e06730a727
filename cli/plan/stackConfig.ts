import { readdirSync, readFileSync } from "node:fs";
import { isAbsolute, relative, resolve } from "node:path";

import { parseStackYaml } from "../../config/stackYaml";
import { UsageError } from "../../config/usageError";

/** A stack's configuration, as Pulumi would hand it to the program. */
export interface StackConfig {
    readonly project: string;
    /** The file that it is from, relative to the repository where it is inside. */
    readonly file: string;
    readonly values: Readonly<Record<string, string>>;
    readonly secretKeys: readonly string[];
    /** Secrets that are not in the file, and were taken to be there. */
    readonly assumed: readonly string[];
    /** Every value in it that stands for a secret. */
    readonly secrets: readonly string[];
}

/** Where a stack's configuration is. */
export interface StackPlace {
    readonly root: string;
    readonly stack: string;
    /** Relative to `root`. @default Pulumi.<stack>.yaml */
    readonly configFile?: string;
    /** Values of secrets, by key. @default texts that stand for them */
    readonly secrets?: Readonly<Record<string, string>>;
}

type Values = Record<string, unknown>;

/** Each secret, and the account that cannot be without it (config/rules.ts). */
const ACCOUNTS = {
    registryPassword: ["registry", "username"],
    gitPassword: ["gitUsername"],
} as const;

/**
 * Reads Pulumi.yaml and a stack's file. Nothing is decrypted: a text stands for each secret, also for one that the
 * stack's file only gets from `pulumi config set --secret`.
 */
export function readStackConfig({
    root,
    stack,
    configFile,
    secrets = {},
}: StackPlace): StackConfig {
    const path = resolve(root, configFile ?? `Pulumi.${stack}.yaml`);
    const within = relative(root, path);
    const file = within.startsWith("..") || isAbsolute(within) ? path : within;
    const project = parseStackYaml(readFileSync(resolve(root, "Pulumi.yaml"), "utf8")) as {
        name: string;
        config?: Record<string, Values>;
    };
    const set = stackValues(readStackFile(root, path, file), project.name);
    const known = Object.keys(secrets).map((key) => `${project.name}:${key}`);
    const defaults = Object.entries(project.config ?? {}).flatMap(([name, field]) =>
        "default" in field ? [[`${project.name}:${name}`, field["default"]] as const] : [],
    );
    const given: Values = { ...Object.fromEntries(defaults), ...set };
    const assumed = Object.entries(ACCOUNTS).flatMap(([name, account]) => {
        const key = `${project.name}:${name}`;
        return isSet(given, project.name, account) && !(key in set) ? [key] : [];
    });
    for (const key of [...known, ...assumed]) {
        given[key] = { secure: "" };
    }

    const stood: string[] = [];
    const reveal = (key: string, value: unknown): unknown => {
        if (Array.isArray(value)) {
            return value.map((entry) => reveal(key, entry));
        }
        if (typeof value !== "object" || value === null) {
            return value;
        }
        if (isSecure(value)) {
            stood.push(secrets[key.slice(project.name.length + 1)] ?? `<secret ${key}>`);
            return stood.at(-1);
        }
        return Object.fromEntries(
            Object.entries(value).map(([name, entry]) => [name, reveal(key, entry)]),
        );
    };
    const secretKeys: string[] = [];
    const values = Object.entries(given).map(([key, value]) => {
        const before = stood.length;
        const revealed = reveal(key, value);
        if (stood.length > before) {
            secretKeys.push(key);
        }
        // Pulumi takes a key without a value for an empty text.
        const text = revealed ?? "";
        return [key, typeof text === "string" ? text : JSON.stringify(text)] as const;
    });
    return {
        project: project.name,
        file,
        values: Object.fromEntries(values),
        secretKeys,
        assumed: assumed.filter((key) => !known.includes(key)),
        secrets: stood,
    };
}

function readStackFile(root: string, path: string, file: string): unknown {
    try {
        return parseStackYaml(readFileSync(path, "utf8"));
    } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "ENOENT") {
            const reason = error instanceof Error ? error.message : String(error);
            throw new UsageError(`${file} cannot be read: ${reason}`);
        }
    }
    const stacks = readdirSync(root).flatMap(
        (name) => /^Pulumi\.(.+)\.yaml$/.exec(name)?.[1] ?? [],
    );
    throw new UsageError(
        `${file} does not exist: --stack takes one of ${stacks.sort().join(", ")}, --config-file the path of a stack's file.`,
    );
}

function stackValues(content: unknown, project: string): Values {
    const { config = {} } = (content ?? {}) as { config?: Values | null };
    // Pulumi puts the project's name in front of a key that has none.
    return Object.fromEntries(
        Object.entries(config ?? {}).map(([key, value]) => [
            key.includes(":") ? key : `${project}:${key}`,
            value,
        ]),
    );
}

function isSet(values: Values, project: string, [first, second]: readonly string[]): boolean {
    const value = values[`${project}:${first ?? ""}`];
    const inner = second === undefined ? value : (value as Values | undefined)?.[second];
    return typeof inner === "string" && inner !== "";
}

function isSecure(value: object): boolean {
    const names = Object.keys(value);
    return names.length === 1 && names[0] === "secure";
}
