import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

import { runningIdentity, signal } from "../../sandbox/component";
import { isAlive } from "../../sandbox/identity";
import { until } from "../../sandbox/progress";
import { paths } from "../../sandbox/settings";

/** Kills components of the sandbox, as a power cut would; faults have a sandbox of their own. */
export async function kill(...components: readonly string[]): Promise<void> {
    for (const component of components) {
        const identity = runningIdentity(component);
        if (identity === undefined) {
            throw new Error(`${component} does not run`);
        }
        signal(identity, "SIGKILL");
        await until({ what: component, seconds: 10, holds: () => !isAlive(identity) });
    }
}

/** Brings everything up again that does not run. */
export async function bringUp(): Promise<void> {
    const program = ["--require", "tsx/cjs", join(paths.repository, "sandbox/main.ts"), "up"];
    const child = spawn(process.execPath, program, { cwd: paths.repository, stdio: "ignore" });
    const [code] = (await once(child, "close")) as [number | null];
    if (code !== 0) {
        throw new Error(`bringing the sandbox up again: exit code ${code ?? "none"}`);
    }
}
