import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

import { runningIdentity } from "../../sandbox/component";
import { paths } from "../../sandbox/settings";
import { slowDockerfile } from "./dockerfile";
import { FaultBed } from "./faultBed";
import { report } from "./row";

/** Kills a component of the sandbox and has it brought up again; faults have a sandbox of their own. */
async function restart(component: string): Promise<void> {
    const identity = runningIdentity(component);
    if (identity === undefined) {
        throw new Error(`${component} does not run`);
    }
    process.kill(identity.pid, "SIGKILL");
    const program = ["--require", "tsx/cjs", join(paths.repository, "sandbox/main.ts"), "up"];
    const child = spawn(process.execPath, program, { cwd: paths.repository, stdio: "ignore" });
    const [code] = (await once(child, "close")) as [number | null];
    if (code !== 0) {
        throw new Error(`bringing ${component} up again: exit code ${code ?? "none"}`);
    }
}

/** The cluster itself fails; alone, as it fails for everybody. */
describe("the cluster", () => {
    let bed: FaultBed;

    beforeAll(async () => {
        bed = await FaultBed.create("cluster");
        await bed.serve();
    });

    afterAll(async () => bed.remove());

    it.each(["kube-apiserver", "openshift-apiserver"])(
        "whose %s is restarted while images are built: the same update gets over it",
        async (component) => {
            await bed.change({ "docker/context-api.Dockerfile": slowDockerfile(15) });
            const run = bed.up();
            await run.says(/context-api arm64 {2}build \S+: started/);
            await run.says(/context-api amd64 {2}build \S+: started/);

            await restart(component);

            const seconds = await bed.recover(run);
            report({
                fault: `${component} restarted during the builds`,
                saw: "nothing",
                seconds,
                after: "the same update finished",
            });
            expect(run.text).toContain("published sha256");
        },
    );
});
