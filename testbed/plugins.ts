import { mkdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";

import { z } from "zod";

import { paths } from "./sandbox/settings";
import { toolchainFolder } from "./sandbox/toolchain";

const Package = z.object({ dependencies: z.record(z.string(), z.string()) });

/**
 * Gives a Pulumi home the toolchain's plugins, so that none is downloaded and none is taken from the PATH, of
 * whatever version.
 *
 * Each is installed under the version of its SDK, which is the one that the program asks for: docker's plugin in the
 * toolchain is 5.1.0 where the SDK is 5.0.0.
 */
export function installPlugins(home: string): void {
    const toolchain = toolchainFolder();
    const text = readFileSync(join(paths.repository, "package.json"), "utf8");
    const { dependencies } = Package.parse(JSON.parse(text));
    for (const name of ["kubernetes", "command", "docker"]) {
        const version = dependencies[`@pulumi/${name}`] ?? "";
        const folder = join(home, "plugins", `resource-${name}-v${version}`);
        const link = join(folder, `pulumi-resource-${name}`);
        mkdirSync(folder, { recursive: true });
        rmSync(link, { force: true });
        symlinkSync(join(toolchain, "bin", `pulumi-resource-${name}`), link);
    }
}
