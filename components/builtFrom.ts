import type { BuiltImage, Config } from "../config/loadConfig";

/** What an image was, or will be, built from; a part of the stack's outputs. */
export interface BuiltFrom {
    readonly commit: string;
    readonly url: string;
    readonly contextDir: string;
    readonly dockerfilePath: string;
    readonly buildArgs: Readonly<Record<string, string>>;
    readonly architectures: readonly string[];
    readonly rebuild: string;
}

/** What an image is built from, for the stack's outputs and for the next update to compare with. */
export function builtFrom(config: Config, image: BuiltImage, commit: string): BuiltFrom {
    return {
        commit,
        url: image.git.url,
        contextDir: image.contextDir,
        dockerfilePath: image.dockerfilePath,
        buildArgs: image.buildArgs,
        architectures: image.architectures,
        rebuild: config.rebuild ?? "",
    };
}
