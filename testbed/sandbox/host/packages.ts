import { existsSync } from "node:fs";

import { attempt, command } from "../command";
import { say } from "../progress";

/** Debian packages that the sandbox uses, each with a file by which it is known to be there. */
const packages: Readonly<Record<string, string>> = {
    "docker-registry": "/usr/bin/docker-registry",
    "containernetworking-plugins": "/usr/lib/cni/bridge",
    "qemu-user-static": "/usr/bin/qemu-aarch64-static",
    mmdebstrap: "/usr/bin/mmdebstrap",
    "dnsmasq-base": "/usr/sbin/dnsmasq",
    iptables: "/usr/sbin/iptables",
    nftables: "/usr/sbin/nft",
    conntrack: "/usr/sbin/conntrack",
    iproute2: "/usr/bin/ss",
    "util-linux": "/usr/bin/nsenter",
    git: "/usr/bin/git",
    curl: "/usr/bin/curl",
    openssl: "/usr/bin/openssl",
    "ca-certificates": "/usr/share/ca-certificates",
    "xz-utils": "/usr/bin/xz",
};

/** Names of the Debian packages that are not installed. */
export function missingPackages(): string[] {
    return Object.entries(packages)
        .filter(([, file]) => !existsSync(file))
        .map(([name]) => name);
}

/** Installs the Debian packages that are missing. */
export async function ensurePackages(): Promise<void> {
    const missing = missingPackages();
    if (missing.length === 0) {
        return;
    }
    say(`apt-get install ${missing.join(" ")}`);
    const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
    const install = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", ...missing];
    // The lists of packages may be there and good: fetch them only when they are not.
    if ((await attempt(install, { env, seconds: 600 })).code !== 0) {
        await command(["apt-get", "update", "-qq"], { env, seconds: 300 });
        await command(install, { env, seconds: 600 });
    }
}
