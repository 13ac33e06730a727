import { readFileSync } from "node:fs";
import { join } from "node:path";

import { paths } from "../sandbox/settings";

/** Path of the Dockerfile of every service. */
export const dockerfilePath = "docker/context-api.Dockerfile";

/**
 * The fixture's Dockerfile with a last layer of random content, which no registry has and nothing compresses. The last:
 * the seed's Job (vfs) makes a whole copy of everything below each layer.
 */
export function dockerfile(megabytes: number, round: string): string {
    const original = readFileSync(
        join(paths.repository, "testbed/sandbox/fixture", dockerfilePath),
        "utf8",
    );
    const layer =
        megabytes === 0
            ? ""
            : `RUN dd if=/dev/urandom of=/random-${round} bs=1048576 count=${megabytes} 2>/dev/null\n`;
    return original.replace(/^LABEL /m, `${layer}LABEL `);
}
