import { existsSync } from "node:fs";

import { missingPackages } from "./host/packages";
import { whyNoRegctl } from "./regctl";
import { findToolchain } from "./toolchain";

/** What {@link whyNotOn} judges a machine by. */
export interface Machine {
    readonly platform: string;
    readonly architecture: string;
    readonly user: number | undefined;
    readonly hasApt: boolean;
    readonly missingPackages: readonly string[];
}

/** Says within 15 s, in one sentence, why the sandbox cannot run here; undefined when it can. */
export async function whyNot(): Promise<string | undefined> {
    const machine = whyNotOn({
        platform: process.platform,
        architecture: process.arch,
        user: process.getuid?.(),
        hasApt: existsSync("/usr/bin/apt-get"),
        missingPackages: process.platform === "linux" ? missingPackages() : [],
    });
    if (machine !== undefined) {
        return machine;
    }
    const { folder, reason } = findToolchain();
    return reason ?? whyNoRegctl(folder);
}

/** Says why the sandbox cannot run on a machine, by what can be seen at once. */
export function whyNotOn(machine: Machine): string | undefined {
    const { platform, architecture, user, hasApt, missingPackages: missing } = machine;
    if (platform !== "linux") {
        return `the sandbox needs Linux (this is ${platform}): run it in a Linux virtual machine.`;
    }
    if (architecture !== "x64") {
        return `the sandbox needs an amd64 machine (this one is ${architecture}): its toolchain is for amd64.`;
    }
    if (user !== 0) {
        return "the sandbox needs root, for namespaces and mounts: run the same command with sudo.";
    }
    if (missing.length > 0 && !hasApt) {
        return `the sandbox needs the Debian packages ${missing.join(", ")}, and there is no apt-get to install them: install their programs, then run this again.`;
    }
    return undefined;
}
