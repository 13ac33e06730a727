import { accessSync, constants, existsSync, mkdirSync, readFileSync } from "node:fs";
import { resolve, join } from "node:path";

import { attempt } from "./command";
import { ensurePackages } from "./host/packages";
import { paths } from "./settings";
import { say, step } from "./progress";
import { install, type Archive } from "./toolchainArchive";

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

/** Where a toolchain is, or can be had from; the first that applies, in this order. */
export type Source =
    | { readonly kind: "folder"; readonly folder: string }
    | { readonly kind: "archives"; readonly archives: readonly Archive[] }
    | { readonly kind: "url"; readonly url: string; readonly sha256: string | undefined }
    | { readonly kind: "builder"; readonly program: string }
    | { readonly kind: "nowhere"; readonly reason: string };

/** Folders in which {@link findToolchain} looks. */
export interface Places {
    readonly cache: string;
    readonly shared: string;
}

/** Folder of the unpacked toolchain; the stamp in it is written last. */
export const installed = join(paths.cache, "toolchain");

const places: Places = {
    cache: installed,
    shared: resolve(paths.repository, "../shared/sandbox"),
};

/** Looks for a toolchain, without unpacking or fetching anything. */
export function findToolchain(
    env: NodeJS.ProcessEnv = process.env,
    { cache, shared }: Places = places,
): Source {
    const given = env["SANDBOX_TOOLCHAIN"];
    if (given) {
        const [missing] = missingFrom(given);
        return missing === undefined
            ? { kind: "folder", folder: resolve(given) }
            : nowhere(`SANDBOX_TOOLCHAIN=${given} is not a toolchain: it has no ${missing}.`);
    }
    if (existsSync(join(cache, ".complete")) && missingFrom(cache).length === 0) {
        return { kind: "folder", folder: cache };
    }
    const sums = join(shared, "SHA256SUMS");
    if (existsSync(sums)) {
        const archives = parseSums(readFileSync(sums, "utf8"), shared);
        if (archives.length > 0 && archives.every(({ file }) => existsSync(file))) {
            return { kind: "archives", archives };
        }
    }
    const url = env["SANDBOX_TOOLCHAIN_URL"];
    if (url) {
        return { kind: "url", url, sha256: env["SANDBOX_TOOLCHAIN_SHA256"] };
    }
    const program = env["SANDBOX_TOOLCHAIN_BUILD"];
    if (program) {
        return isExecutable(program)
            ? { kind: "builder", program: resolve(program) }
            : nowhere(`SANDBOX_TOOLCHAIN_BUILD=${program} is not a program.`);
    }
    return nowhere(
        `no toolchain: SANDBOX_TOOLCHAIN is not set; ${cache} holds none; ${shared} has no ` +
            "archives with SHA256SUMS; SANDBOX_TOOLCHAIN_URL and SANDBOX_TOOLCHAIN_BUILD are not " +
            "set. Set one of them (see testbed/sandbox/README.md).",
    );
}

/** Says why a toolchain's source is of no use, as far as that shows within seconds. */
export async function whyNoToolchain(source: Source): Promise<string | undefined> {
    if (source.kind === "nowhere") {
        return source.reason;
    }
    if (source.kind === "url") {
        const head = ["curl", "-sfIL", "--max-time", "8", source.url];
        const { code } = await attempt(head, { seconds: 10 });
        return code === 0
            ? undefined
            : `SANDBOX_TOOLCHAIN_URL=${source.url} does not answer (curl ended with ${code ?? "a signal"}).`;
    }
    return undefined;
}

/** Returns the folder of a complete toolchain, unpacking, fetching or building it when needed. */
export async function ensureToolchain(): Promise<string> {
    const source = findToolchain();
    if (source.kind === "folder") {
        return source.folder;
    }
    if (source.kind === "nowhere") {
        throw new Error(source.reason);
    }
    mkdirSync(paths.cache, { recursive: true });
    // A bare machine has no xz to unpack it with.
    await ensurePackages();
    say(`installing the toolchain in ${installed}`);
    return step("toolchain installed", async () => {
        await install(source, installed, missingFrom);
        return installed;
    });
}

/** What a folder lacks to be a toolchain. */
export function missingFrom(folder: string): string[] {
    const wanted = [
        ...programs.map((name) => `bin/${name}`),
        ...manifests.map((name) => `manifests/${name}`),
    ];
    return wanted.filter((path) => !existsSync(join(folder, path)));
}

/** Reads the lines of a SHA256SUMS file that name xz archives. */
export function parseSums(text: string, folder: string): Archive[] {
    return text
        .split("\n")
        .map((line) => /^([0-9a-f]{64})\s+\*?(\S+\.xz)$/.exec(line))
        .filter((match) => match !== null)
        .map(([, sha256 = "", name = ""]) => ({ file: join(folder, name), sha256 }));
}

function nowhere(reason: string): Source {
    return { kind: "nowhere", reason };
}

function isExecutable(path: string): boolean {
    try {
        accessSync(path, constants.X_OK);
        return true;
    } catch {
        return false;
    }
}
