import { spawn } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

import type { ContainerContext, Program } from "../controllers/kubelet/program";

// How often the files of the downward API are looked at, in milliseconds of this machine: the script itself looks as often.
const LOOK = 20;

/**
 * The publisher's own program, as its ConfigMap has it, run by this machine's `sh` with a stand-in for regctl; what the pod mounts
 * is a folder, and the program's paths lead there. Needs a clock that goes on by itself.
 */
export const publisherScript =
    (scratch: string): Program =>
    async (context) => {
        const folder = mkdtempSync(join(scratch, "pod-"));
        const look = setInterval(() => {
            signals(folder, context);
        }, LOOK);
        try {
            prepare(folder, context);
            signals(folder, context);
            const code = await run(folder, context);
            const message = readFileSync(join(folder, "termination"), "utf8");
            if (message !== "") {
                context.terminationMessage(message);
            }
            return code;
        } finally {
            clearInterval(look);
            rmSync(folder, { recursive: true, force: true });
        }
    };

function run(folder: string, { env, log, signal }: ContainerContext): Promise<number> {
    return new Promise((resolve, reject) => {
        const path = `${join(folder, "bin")}:${process.env["PATH"] ?? ""}`;
        const child = spawn("sh", [join(folder, "publish.sh")], {
            env: { ...env, PATH: path },
            stdio: ["ignore", "pipe", "pipe"],
            // A group of its own: what the script starts beside itself ends with it.
            detached: true,
        });
        const end = () => {
            signalGroup(child.pid, "SIGKILL");
        };
        process.once("exit", end);
        for (const stream of [child.stdout, child.stderr]) {
            let rest = "";
            stream.setEncoding("utf8").on("data", (text: string) => {
                const lines = `${rest}${text}`.split("\n");
                rest = lines.pop() ?? "";
                lines.forEach(log);
            });
            stream.on("end", () => {
                if (rest !== "") {
                    log(rest);
                }
            });
        }
        const stop = () => {
            signalGroup(child.pid, "SIGTERM");
        };
        signal.addEventListener("abort", stop);
        child.on("error", reject);
        child.on("close", (code) => {
            signal.removeEventListener("abort", stop);
            process.removeListener("exit", end);
            resolve(code ?? 143);
        });
    });
}

/** Signals a process and all that it has started; nothing where they have ended. */
function signalGroup(pid: number | undefined, signal: NodeJS.Signals): void {
    try {
        if (pid !== undefined) {
            process.kill(-pid, signal);
        }
    } catch {
        // They have ended.
    }
}

function file(folder: string, path: string, content: string): void {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
}

function prepare(folder: string, context: ContainerContext): void {
    const text = (context.file("/input/publish.sh") ?? "")
        .replaceAll("/var/run/secrets/kubernetes.io/serviceaccount/token", join(folder, "token"))
        .replaceAll("/dev/termination-log", join(folder, "termination"))
        .replaceAll("/input", join(folder, "input"))
        .replaceAll("/work", join(folder, "work"));
    file(folder, "publish.sh", text);
    file(
        folder,
        "token",
        context.file("/var/run/secrets/kubernetes.io/serviceaccount/token") ?? "",
    );
    file(folder, "termination", "");
    file(folder, "work/.keep", "");
    const credentials = "input/credentials/config.json";
    file(folder, credentials, context.file(`/${credentials}`) ?? "");
    const internal = context.env["INTERNAL_REGISTRY"] ?? "";
    const certificates = `input/service-ca/${internal}/ca.crt`;
    file(folder, certificates, context.file(`/${certificates}`) ?? "");
    const standIn = join(__dirname, "../registry/regctl.cjs");
    file(folder, "bin/regctl", `#!/bin/sh\nexec "${process.execPath}" "${standIn}" "$@"\n`);
    chmodSync(join(folder, "bin/regctl"), 0o755);
}

/** What the downward API shows the pod of its annotations. */
function signals(folder: string, context: ContainerContext): void {
    const names = [...(context.env["ARCHITECTURES"] ?? "").split(" "), "publish"];
    for (const name of names) {
        const path = `input/signal/${name}`;
        const content = context.file(`/${path}`) ?? "";
        if (content !== "") {
            file(folder, path, content);
        }
    }
}
