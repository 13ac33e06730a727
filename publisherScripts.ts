import buildah from "./build/publisher/buildah.sh";
import common from "./build/publisher/common.sh";
import regctl from "./build/publisher/regctl.sh";

/** The programs of the publisher Job, by tool: what both share, then the tool's own part. */
export const publisherScripts = {
    regctl: `${common}\n${regctl}`,
    buildah: `${common}\n${buildah}`,
} as const;
