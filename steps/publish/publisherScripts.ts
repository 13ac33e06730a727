import buildah from "./scripts/buildah.sh";
import common from "./scripts/common.sh";
import contents from "./scripts/contents.sh";
import regctl from "./scripts/regctl.sh";

/** Without comments and blank lines: the cluster and Pulumi's state keep copies. */
function compact(...scripts: readonly string[]): string {
    return scripts
        .flatMap((script) => script.split("\n"))
        .filter((line) => !/^\s*(#.*)?$/.test(line))
        .join("\n")
        .concat("\n");
}

/** The programs of the publisher Job, by tool: what both share, then the tool's own part. */
export const publisherScripts = {
    regctl: compact(common, contents, regctl),
    buildah: compact(common, contents, buildah),
} as const;

/**
 * What a Job of each program is known by: changed with what a program leaves in the registry. One that only looks more closely
 * publishes nothing again: a Job is never changed, so another name for its program would be another Job for every image.
 *
 * Source: hashes of the programs of commit 8a6deff, which the Jobs of today's stacks carry.
 */
export const programNames = {
    regctl: "d4cf9042977f7a98d81d72345c926643f1a7faae",
    buildah: "32d318727a977928853da53f99a872815f1beb70",
} as const;
