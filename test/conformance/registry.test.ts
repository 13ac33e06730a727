import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { Registry } from "../../simulator/registry/registry";
import { serveRegistry } from "../../simulator/registry/serveRegistry";

/** What the spec's own tests print about the registry at a host; `conformance` is on the PATH in CI. */
async function conformanceOf(host: string, folder: string): Promise<string> {
    const child = spawn("conformance", [], {
        cwd: folder,
        env: {
            PATH: process.env["PATH"],
            OCI_REGISTRY: host,
            OCI_TLS: "disabled",
            OCI_VERSION: "1.1",
            OCI_RESULTS_DIR: join(folder, "results"),
            // More than a registry need do, which this one does.
            OCI_API_BLOBS_DIGEST_HEADER: "true",
            OCI_API_BLOBS_UPLOAD_CANCEL: "true",
            OCI_API_MANIFESTS_DIGEST_HEADER: "true",
        },
        stdio: ["ignore", "pipe", "inherit"],
    });
    let text = "";
    child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
        text += chunk;
    });
    await new Promise((resolve, reject) => {
        child.once("error", reject);
        child.once("close", resolve);
    });
    return text;
}

describe("the simulated registry", () => {
    it("passes the conformance tests of the OCI distribution spec 1.1", async () => {
        const folder = mkdtempSync(join(tmpdir(), "conformance-"));
        const served = await serveRegistry(new Registry({ now: () => Date.now() }));
        try {
            const results = [
                ...(await conformanceOf(served.host, folder)).matchAll(
                    /^\s*(OCI Conformance Test.*): (\S+)$/gm,
                ),
            ];

            // Headings count too, as its own list does; it is that of the module in .ci/programs/conformance.
            expect(results.filter(([, , result]) => /FAIL|Error/i.test(result ?? ""))).toEqual([]);
            expect(results.filter(([, , result]) => result === "Pass")).toHaveLength(824);
        } finally {
            await served.close();
            rmSync(folder, { recursive: true });
        }
    });
});
