import { spawnSync } from "node:child_process";
import { join } from "node:path";

// Until there is a rehearsal: what `pulumi up` would do, which needs no cluster.
process.stdout.write(
    "multiarch: what `pulumi up` would do on a cluster of yours (npm run plan):\n",
);
const plan = ["--require", "tsx/cjs", join(__dirname, "plan.ts")];
process.exitCode = spawnSync(process.execPath, plan, { stdio: "inherit" }).status ?? 1;
