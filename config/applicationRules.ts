import { posix } from "node:path";

import type { Outline } from "./outline";

/** Notes what is accepted in place of the setting at a path. */
export type Report = (path: (string | number)[], accepted: string) => void;

/** Reports every rule about more than one setting of an application that is broken. */
export function checkApplications({ images }: Outline, report: Report): void {
    for (const [index, { digest, application }] of images.entries()) {
        const path = ["images", index, "application"];
        if (digest !== undefined && !application) {
            report(path, "an application, as an image with a digest is not built, only deployed");
        }
        const numbers = application?.ports.map(({ port }) => port) ?? [];
        for (const [which, port] of numbers.entries()) {
            if (port !== undefined && numbers.indexOf(port) < which) {
                report(
                    [...path, "ports", which, "port"],
                    "another number than that of the ports before it",
                );
            }
        }
        const { type, port: probed } = application?.probe ?? {};
        if (
            type !== "exec" &&
            probed !== undefined &&
            !numbers.includes(undefined) &&
            !numbers.includes(probed)
        ) {
            report(
                [...path, "probe", "port"],
                `one of the application's ports, ${numbers.join(", ")}; the default is 8091`,
            );
        }
        for (const [which, { name }] of (application?.secretEnv ?? []).entries()) {
            if (name !== undefined && Object.hasOwn(application?.env ?? {}, name)) {
                report(
                    [...path, "secretEnv", which, "name"],
                    "a variable that env does not set as well",
                );
            }
        }
        checkMounts(path, application, report);
    }
}

/** A folder is one thing's. */
function checkMounts(
    path: (string | number)[],
    application: Outline["images"][number]["application"],
    report: Report,
): void {
    const file = application?.configFile?.path;
    const folder = file === undefined ? undefined : posix.dirname(file);
    const mounted = application?.volumes.map((volume) => volume.path) ?? [];
    for (const [which, mount] of mounted.entries()) {
        const first = mounted.indexOf(mount);
        if (mount !== undefined && (first < which || mount === folder)) {
            report(
                [...path, "volumes", which, "path"],
                first < which
                    ? `another path than that of volumes[${first}]`
                    : "another path than the folder of configFile",
            );
        }
    }
}
