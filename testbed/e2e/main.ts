import { spawnSync } from "node:child_process";
import { join } from "node:path";

import { whyNot } from "../sandbox/preflight";
import { paths } from "../sandbox/settings";
import { up } from "../sandbox/up";

/** The end-to-end tests on the local OpenShift; exit code 1 where it cannot run, as tests that did not run did not pass. */
async function endToEnd(args: readonly string[]): Promise<number> {
    const reason = await whyNot();
    if (reason !== undefined) {
        process.stdout.write(
            `multiarch: the end-to-end tests did NOT run: ${reason}\nNext: testbed/README.md\n`,
        );
        return 1;
    }
    await up();
    const program = join(paths.repository, "node_modules/jest/bin/jest.js");
    const options = ["--selectProjects", "e2e", "--maxWorkers=2", "--testTimeout=600000"];
    const { status } = spawnSync(process.execPath, [program, ...options, ...args], {
        cwd: join(paths.repository, "testbed"),
        stdio: "inherit",
    });
    return status ?? 1;
}

endToEnd(process.argv.slice(2)).then(
    (code) => {
        process.exitCode = code;
    },
    (error: unknown) => {
        process.stderr.write(
            `multiarch: ${error instanceof Error ? error.message : String(error)}\n`,
        );
        process.exitCode = 1;
    },
);
