import * as pulumi from "@pulumi/pulumi";

import type { Architecture } from "./architecture";
import type { GitSource } from "./git";
import { formatProblems, problemsOf, type Problem } from "./problems";
import { settings, type Settings } from "./settings";
import { isEncrypted, keysOf, misspeltKeys, secretOf, secretStateOf, valueOf } from "./values";
import { refusal } from "./refusal";

export type { Application } from "./application";
export type { Architecture } from "./architecture";
export type { GitSource } from "./git";
export type { Amounts, Resources } from "./kubernetesNames";
export type { Publisher } from "./publisher";

/** What an image and the stack together say about that image, see config/image.ts for each setting. */
interface ImageSettings extends Omit<
    Settings["images"][number],
    "git" | "digest" | "architectures"
> {
    /** Its own architectures, or else the stack's. */
    readonly architectures: readonly Architecture[];
}

/** An image that is built, and then deployed if it has an application. */
export interface BuiltImage extends ImageSettings {
    /** Not known yet. */
    readonly digest?: undefined;
    /** Its own source, or else the stack's. */
    readonly git: GitSource;
}

/** An image that is only deployed. */
export interface DeployedImage extends ImageSettings {
    /** The digest to deploy. */
    readonly digest: string;
    /** Nothing is built. */
    readonly git?: undefined;
}

/** An image, built if it has no `digest`. */
export type Image = BuiltImage | DeployedImage;

/** All that a stack has set, checked, with every default filled in; see config/settings.ts for each setting. */
export interface Config extends Omit<Settings, "images" | "gitPassword" | "registryPassword"> {
    /** The images to build and to deploy. */
    readonly images: readonly Image[];
    /** Password of `gitUsername`: both are set, or neither is. */
    readonly gitPassword?: pulumi.Output<string>;
    /** Password of `registry.username`: both are set, or neither is. */
    readonly registryPassword?: pulumi.Output<string>;
}

const secrets: ReadonlySet<string> = new Set(["registryPassword", "gitPassword"]);
const texts: ReadonlySet<string> = new Set(["gitUsername", "rebuild", "sourceStack"]);

/** Reads and checks the stack's configuration; a RunError names every problem at once. */
export function loadConfig(config = new pulumi.Config("multiarch")): Config {
    const keys = keysOf(config);
    // Without a prototype, so that a key such as __proto__ is one like any other, and refused.
    const values = Object.create(null) as Record<string, unknown>;
    for (const key of keys) {
        const value = secrets.has(key)
            ? secretStateOf(config, key)
            : valueOf(config, key, texts.has(key));
        if (value !== undefined) {
            values[key] = value;
        }
    }
    const hidden = new Set(keys.filter((key) => !secrets.has(key) && isEncrypted(config, key)));
    const parsed = settings.safeParse(values);
    const issues = parsed.error?.issues ?? [];
    const problems = [
        ...misspeltKeys(config).map((key) => ({
            key,
            is: "is read by nobody",
            accepted: `${config.name}:${key.slice(key.indexOf(":") + 1)}`,
        })),
        ...[...hidden].map((key) => encryptedProblem(config, key)),
        ...problemsOf(issues, { name: config.name, values, hidden, secrets }),
    ];
    if (!parsed.success || problems.length > 0) {
        throw refusal(formatProblems(problems, config.name, pulumi.getStack(), secrets));
    }
    return {
        ...parsed.data,
        images: parsed.data.images.map((image) => complete(image, parsed.data)),
        gitPassword: secretOf(config, "gitPassword"),
        registryPassword: secretOf(config, "registryPassword"),
    };
}

/** The program writes all but the two passwords into objects and state in plain text. */
function encryptedProblem(config: pulumi.Config, key: string): Problem {
    return {
        key: `${config.name}:${key}`,
        is: "holds an encrypted value",
        accepted:
            "plain values; name an existing Secret of the namespace instead (secretEnv, sourceSecret, pushSecret)",
    };
}

function complete(image: Settings["images"][number], stack: Settings): Image {
    const architectures = image.architectures ?? stack.architectures;
    if (image.digest !== undefined) {
        return { ...image, architectures, digest: image.digest, git: undefined };
    }
    const git = image.git ?? stack.git;
    if (git === undefined) {
        throw new Error(`rules.ts let image ${image.name} pass without a git source`);
    }
    return { ...image, architectures, digest: undefined, git };
}
