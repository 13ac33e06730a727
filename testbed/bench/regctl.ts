import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { regctlHosts } from "../sandbox/images/base";
import { internalRegistry, quay } from "../sandbox/settings";
import { run, succeeded } from "../e2e/run";

/** Copies images on this machine, inside the sandbox, with accounts of its own. */
export class Regctl {
    private constructor(private readonly hosts: object) {}

    /** For copies within the stand-in for quay.io. */
    static async forQuay(): Promise<Regctl> {
        return Promise.resolve(new Regctl(regctlHosts({ [quay.host]: quayAccount })));
    }

    /** For copies from a namespace of the internal registry to the stand-in for quay.io. */
    static async from(namespace: string): Promise<Regctl> {
        const argv = ["oc", "-n", namespace, "create", "token", "builder", "--duration=1h"];
        const pass = succeeded(await run(argv)).trim();
        return new Regctl(
            regctlHosts({
                [quay.host]: quayAccount,
                [internalRegistry]: { user: "serviceaccount", pass },
            }),
        );
    }

    /** Copies an image, or a list with its images, and returns the seconds that it took. */
    async copy(from: string, to: string): Promise<number> {
        const finished = await this.run(["image", "copy", from, to]);
        succeeded(finished);
        return finished.seconds;
    }

    /** What a manifest says. */
    async manifest(reference: string): Promise<string> {
        const argv = ["manifest", "get", reference, "--format", "raw-body"];
        return succeeded(await this.run(argv));
    }

    private async run(argv: readonly string[]) {
        const folder = mkdtempSync(join(tmpdir(), "multiarch-bench-regctl-"));
        const config = join(folder, "config.json");
        try {
            // A file of its own: regctl writes to it.
            writeFileSync(config, JSON.stringify(this.hosts), { mode: 0o600 });
            return await run(["regctl", ...argv], { env: { REGCTL_CONFIG: config } });
        } finally {
            rmSync(folder, { recursive: true, force: true });
        }
    }
}

const quayAccount = { user: quay.user, pass: quay.password };
