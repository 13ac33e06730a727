import { existsSync } from "node:fs";
import { join, resolve } from "node:path";

/** Programs that a toolchain's `bin` must hold. */
export const programs = [
    ...["etcd", "hyperkube", "openshift-apiserver", "openshift-controller-manager"],
    ...["cluster-policy-controller", "dockerregistry", "openshift-builder", "oc"],
    ...["containerd", "containerd-shim-runc-v2", "ctr", "runc"],
    ...["pulumi", "pulumi-language-nodejs", "pulumi-resource-command"],
    ...["pulumi-resource-docker", "pulumi-resource-kubernetes"],
] as const;

/** What a toolchain's `manifests` must hold. */
export const manifests = [
    ...["crds", "scc", "openshift-controller-manager", "cluster-policy-controller"],
    ...["builder-imagecontent", "kube-apiserver-defaultconfig.yaml"],
] as const;

/** A toolchain's folder, or why there is none. */
export type Toolchain =
    | { readonly folder: string; readonly reason?: undefined }
    | { readonly folder?: undefined; readonly reason: string };

/** Looks at the folder that SANDBOX_TOOLCHAIN names. */
export function findToolchain(env: NodeJS.ProcessEnv = process.env): Toolchain {
    const given = env["SANDBOX_TOOLCHAIN"];
    if (!given) {
        return {
            reason: "SANDBOX_TOOLCHAIN is not set: it names a folder with the programs of a local OpenShift, see testbed/sandbox/README.md.",
        };
    }
    const [missing] = missingFrom(given);
    return missing === undefined
        ? { folder: resolve(given) }
        : { reason: `SANDBOX_TOOLCHAIN=${given} is not a toolchain: it has no ${missing}.` };
}

/** The folder of a complete toolchain; throws when there is none. */
export function toolchainFolder(): string {
    const { folder, reason } = findToolchain();
    if (folder === undefined) {
        throw new Error(reason);
    }
    return folder;
}

/** What a folder lacks to be a toolchain. */
export function missingFrom(folder: string): string[] {
    const wanted = [
        ...programs.map((name) => `bin/${name}`),
        ...manifests.map((name) => `manifests/${name}`),
    ];
    return wanted.filter((path) => !existsSync(join(folder, path)));
}
