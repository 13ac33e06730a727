import { rmSync } from "node:fs";

import { runningIdentity, signal, stopProcess } from "./component";
import { withLock } from "./lock";
import { removeNamespaces } from "./namespaces";
import { step } from "./progress";
import { paths } from "./settings";
import { stopStrays } from "./strays";

/** Stops the sandbox: its components, its pods, its namespaces. Its state stays on the disk. */
export async function down(): Promise<void> {
    await withLock(stop);
}

/** Stops the sandbox and removes its state; toolchain and packages stay in the cache. */
export async function wipe(): Promise<void> {
    await withLock(async () => {
        await stop();
        await step(`${paths.state} removed`, () => {
            rmSync(paths.state, { recursive: true, force: true });
        });
    });
}

async function stop(): Promise<void> {
    await step("the sandbox is down", async () => {
        // Kubelets would start again what ends, and etcd waits for its clients: these go first.
        for (const name of [
            "kubelet-amd64",
            "kubelet-arm64",
            "kube-apiserver",
            "openshift-apiserver",
        ]) {
            const identity = runningIdentity(name);
            if (identity) {
                signal(identity, "SIGKILL");
            }
        }
        // Those that keep data get the time to write it.
        const kept = ["etcd", "containerd-amd64", "containerd-arm64"].map(runningIdentity);
        await Promise.all(kept.filter((it) => it !== undefined).map(stopProcess));
        await stopStrays();
        await removeNamespaces();
        rmSync(paths.run, { recursive: true, force: true });
    });
}
