import { spawn } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

import type { ApiObject } from "../api/store";
import { collections, type Place } from "./place";

/** How a container ended. */
export interface Ended {
    readonly exitCode: number;
    readonly message: string;
}

interface Container {
    readonly env: readonly { readonly name: string; readonly value: string }[];
}

/**
 * Runs the publisher's own program, as it is in its ConfigMap, with this machine's `sh` and a stand-in for regctl; what the pod
 * mounts is a folder, and the program's paths lead there.
 */
export async function runPublisher(
    place: Place,
    namespace: string,
    pod: ApiObject,
    write: (text: string) => void,
): Promise<Ended> {
    const folder = mkdtempSync(join(place.scratch, "pod-"));
    const stop = place.store.listen(({ object, collection }) => {
        if (
            collection === collections.pods(namespace) &&
            object.metadata.name === pod.metadata.name
        ) {
            signal(folder, object);
        }
    });
    try {
        prepare(place, namespace, folder);
        signal(folder, place.store.need(collections.pods(namespace), pod.metadata.name));
        const [container] = (pod.spec as { containers: readonly Container[] }).containers;
        const env = Object.fromEntries(
            (container?.env ?? []).map(({ name, value }) => [name, value]),
        );
        const internal = env["INTERNAL_REGISTRY"] ?? "";
        file(folder, `input/service-ca/${internal}/ca.crt`, "");
        const exitCode = await new Promise<number>((resolve, reject) => {
            const path = `${join(folder, "bin")}:${process.env["PATH"] ?? ""}`;
            const child = spawn("sh", [join(folder, "publish.sh")], {
                env: { ...env, PATH: path },
                stdio: ["ignore", "pipe", "pipe"],
                // A group of its own: what the script starts beside itself ends with it.
                detached: true,
            });
            const end = () => {
                endGroup(child.pid);
            };
            process.once("exit", end);
            child.stdout.setEncoding("utf8").on("data", write);
            child.stderr.setEncoding("utf8").on("data", write);
            child.on("error", reject);
            child.on("close", (code) => {
                process.removeListener("exit", end);
                resolve(code ?? 137);
            });
        });
        return { exitCode, message: readFileSync(join(folder, "termination"), "utf8") };
    } finally {
        stop();
        rmSync(folder, { recursive: true, force: true });
    }
}

/** Ends a process and all that it has started; nothing where they have ended. */
function endGroup(pid: number | undefined): void {
    try {
        if (pid !== undefined) {
            process.kill(-pid, "SIGKILL");
        }
    } catch {
        // They have ended.
    }
}

function file(folder: string, path: string, content: string | Buffer): void {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
}

function prepare({ store }: Place, namespace: string, folder: string): void {
    const data = (object: ApiObject, key: string) =>
        (object["data"] as Readonly<Record<string, string>> | undefined)?.[key] ?? "";
    const program = store.need(collections.configMaps(namespace), "multiarch-publisher-program");
    const secret = store.need(collections.secrets(namespace), "multiarch-push");
    const text = data(program, "publish.sh")
        .replaceAll("/var/run/secrets/kubernetes.io/serviceaccount/token", join(folder, "token"))
        .replaceAll("/dev/termination-log", join(folder, "termination"))
        .replaceAll("/input", join(folder, "input"))
        .replaceAll("/work", join(folder, "work"));
    file(folder, "publish.sh", text);
    file(folder, "token", "simulated");
    file(folder, "termination", "");
    file(folder, "work/.keep", "");
    file(
        folder,
        "input/credentials/config.json",
        Buffer.from(data(secret, ".dockerconfigjson"), "base64"),
    );
    const standIn = join(__dirname, "../registry/regctl.cjs");
    file(folder, "bin/regctl", `#!/bin/sh\nexec "${process.execPath}" "${standIn}" "$@"\n`);
    chmodSync(join(folder, "bin/regctl"), 0o755);
}

/** What the downward API shows the pod of its annotations. */
function signal(folder: string, { metadata }: ApiObject): void {
    for (const [key, value] of Object.entries(metadata.annotations ?? {})) {
        const [, name] = /^multiarch\/(?:digest\.)?([a-z0-9]+)$/.exec(key) ?? [];
        if (name !== undefined && name !== "program") {
            file(folder, `input/signal/${name}`, value);
        }
    }
}
