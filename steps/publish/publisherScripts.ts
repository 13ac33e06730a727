import buildah from "./scripts/buildah.sh";
import common from "./scripts/common.sh";
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
    regctl: compact(common, regctl),
    buildah: compact(common, buildah),
} as const;
