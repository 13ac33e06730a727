import { readFileSync } from "node:fs";

import { type Architecture, paths } from "../settings";
import { type Format, type Image, image, layer, layerFile } from "../../../simulator/images/oci";
import type { Entry } from "../../../simulator/images/tar";

/** What the images are made from, for one architecture. */
export interface Ingredients {
    /** Archive of the tools image's root file system. */
    readonly root: string;
    /** Digest of that archive. */
    readonly digest: string;
    /** Static busybox. */
    readonly busybox: string;
    /** Static regctl. */
    readonly regctl: string;
}

/** Holds a pod's namespaces. Native code on both nodes, so that pods start without emulation. */
export function pauseImage(architecture: Architecture, busybox: string): Image {
    const wait = "trap exit TERM INT; /bin/busybox sleep 2147483647 & wait";
    return image(architecture, { Entrypoint: ["/bin/busybox", "sh", "-c", wait] }, [
        layer([{ path: "bin" }, executable("bin/busybox", busybox)]),
    ]);
}

/** OpenShift's builder and buildah in one. The CA is a layer of its own: each wipe makes a new one. */
export function builderImage(architecture: Architecture, { root, digest }: Ingredients): Image {
    const config = {
        Entrypoint: ["/usr/bin/entrypoint.sh"],
        Env: [
            `BUILDER_ARCHITECTURE=${architecture}`,
            "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        ],
    };
    const trust = layer(
        ["etc/pki/tls/certs/ca-bundle.crt", "etc/ssl/certs/ca-certificates.crt"].map(authority),
    );
    return image(architecture, config, [layerFile(root, digest), trust]);
}

/** regctl with a shell; runs as any user. */
export function regctlImage(
    architecture: Architecture,
    { busybox, regctl }: Ingredients,
    applets: readonly string[],
): Image {
    const config = {
        User: "1000",
        WorkingDir: "/home/appuser",
        Env: ["PATH=/usr/local/bin:/usr/bin:/bin", "HOME=/home/appuser"],
        Entrypoint: ["/usr/local/bin/regctl"],
    };
    return image(architecture, config, [
        layer([
            ...busyboxRoot(busybox, applets),
            ...["usr", "usr/bin", "usr/local", "usr/local/bin"].map((path) => ({ path })),
            executable("usr/local/bin/regctl", regctl),
            { path: "usr/bin/regctl", link: "/usr/local/bin/regctl" },
            { path: "usr/bin/env", link: "/bin/busybox" },
            { path: "home" },
            // Writable for the arbitrary user that OpenShift gives a container.
            { path: "home/appuser", mode: 0o777, owner: 1000 },
            ...["etc/ssl", "etc/ssl/certs"].map((path) => ({ path })),
            authority("etc/ssl/certs/ca-certificates.crt"),
        ]),
    ]);
}

/** The base image that the fixture's Dockerfiles build on. */
export function baseImage(
    architecture: Architecture,
    busybox: string,
    applets: readonly string[],
    format: Format,
): Image {
    const config = { Env: ["PATH=/bin"], Cmd: ["/bin/sh"] };
    return image(
        architecture,
        config,
        [layer(busyboxRoot(busybox, applets), { gzip: true })],
        format,
    );
}

function busyboxRoot(busybox: string, applets: readonly string[]): Entry[] {
    return [
        { path: "bin" },
        executable("bin/busybox", busybox),
        ...applets.map((name) => ({ path: `bin/${name}`, link: "busybox" })),
        { path: "etc" },
        {
            path: "etc/passwd",
            content:
                "root:x:0:0:root:/:/bin/sh\nappuser:x:1000:1000:appuser:/home/appuser:/bin/sh\n",
        },
        { path: "etc/group", content: "root:x:0:\nappuser:x:1000:\n" },
        { path: "tmp", mode: 0o1777 },
    ];
}

function executable(path: string, source: string): Entry {
    return { path, content: readFileSync(source), mode: 0o755 };
}

function authority(path: string): Entry {
    return { path, content: readFileSync(paths.ca) };
}
