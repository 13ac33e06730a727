import * as pulumi from "@pulumi/pulumi";

import { serveCommands } from "../steps/commandServer";
import { programs } from "../steps/programs";
import { identityOf } from "../components/identity";
import { type Config } from "../config/loadConfig";

/** File by which the Commands of this stack's updates find this process, relative to the project. */
export function runFile({
    namespace,
    kubernetes,
}: Pick<Config, "namespace" | "kubernetes">): string {
    const stack = {
        organization: pulumi.getOrganization(),
        project: pulumi.getProject(),
        stack: pulumi.getStack(),
        // Two backends may have a stack of one name, updated from this folder at the same time.
        namespace: namespace.name,
        kubernetes,
    };
    return `.multiarch/run/${identityOf(stack).slice(0, 12)}`;
}

/** Serves this update's Commands from this process. Without it each is a process of its own, so a failure is a note. */
export async function serve(config: Config, file: string): Promise<void> {
    const { maxConcurrent } = config.build;
    try {
        await serveCommands({
            file,
            programs,
            maxConcurrentBuilds: maxConcurrent,
        });
    } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        await pulumi.log.warn(
            `Builds are not served from one process, and build.maxConcurrent is not kept: ${reason}`,
        );
    }
}
