import { gunzipSync } from "node:zlib";

import type { PullImage, PulledImage } from "../controllers/kubelet/program";
import type { Registry } from "../registry/registry";
import { authorizationFor, RegistryClient } from "./registryClient";

// e_machine of an ELF header (System V ABI).
const MACHINES: Readonly<Record<number, string>> = {
    62: "amd64",
    183: "arm64",
    22: "s390x",
    21: "ppc64le",
};

interface Manifest {
    readonly config?: { readonly digest: string };
    readonly layers?: readonly { readonly digest: string; readonly size: number }[];
    readonly manifests?: readonly {
        readonly digest: string;
        readonly platform?: { readonly architecture?: string };
    }[];
}

interface Config {
    readonly architecture?: string;
    readonly config?: {
        readonly Entrypoint?: readonly string[] | null;
        readonly Cmd?: readonly string[] | null;
        readonly Labels?: Readonly<Record<string, string>>;
    };
}

/** Pulls images as a node's runtime does: its own architecture's of a list, and of a single image whatever it is. */
export function pullFrom(registryOf: (host: string) => Registry | undefined): PullImage {
    return ({ image, architecture, credentials }) => {
        const [, host = "", repository = "", reference = "latest"] =
            /^([^/]+)\/([^@:]+)(?:[:@](.+))?$/.exec(image) ?? [];
        const registry = registryOf(host);
        if (registry === undefined) {
            return Promise.reject(
                new Error(
                    `pinging container registry ${host}: dial tcp: lookup ${host}: no such host`,
                ),
            );
        }
        const client = new RegistryClient(
            registry,
            repository,
            authorizationFor(credentials, host),
        );
        return Promise.resolve().then(() =>
            pulled(client, `${host}/${repository}`, reference, architecture),
        );
    };
}

function pulled(
    client: RegistryClient,
    repository: string,
    reference: string,
    architecture: string,
): PulledImage {
    const top = client.manifest(reference);
    const list = JSON.parse(top.bytes.toString("utf8")) as Manifest;
    const child = list.manifests?.find(({ platform }) => platform?.architecture === architecture);
    if (list.manifests !== undefined && child === undefined) {
        throw new Error(
            `no image found in image index for architecture "${architecture}", OS "linux"`,
        );
    }
    const manifest =
        child === undefined
            ? list
            : (JSON.parse(client.manifest(child.digest).bytes.toString("utf8")) as Manifest);
    const { config, layers = [] } = manifest;
    const settings = JSON.parse(client.blob(config?.digest ?? "").toString("utf8")) as Config;
    const [entrypoint] = settings.config?.Entrypoint ?? settings.config?.Cmd ?? [];
    const program = entrypoint === undefined ? undefined : programIn(client, layers, entrypoint);
    return {
        image: config?.digest ?? "",
        imageID: `${repository}@${top.digest}`,
        bytes: layers.reduce((sum, { size }) => sum + size, 0),
        ...(settings.architecture !== undefined && { architecture: settings.architecture }),
        ...(program !== undefined && { programArchitecture: program }),
        ...(settings.config?.Labels && { labels: settings.config.Labels }),
    };
}

/** The architecture of the program at a path, as its own header has it; undefined where it is none. */
function programIn(
    client: RegistryClient,
    layers: NonNullable<Manifest["layers"]>,
    path: string,
): string | undefined {
    const name = path.replace(/^\//, "");
    for (const { digest } of [...layers].reverse()) {
        const bytes = client.blob(digest);
        const archive = bytes[0] === 0x1f ? gunzipSync(bytes) : bytes;
        const content = fileIn(archive, name);
        if (content !== undefined) {
            const isElf = content.subarray(1, 4).toString("latin1") === "ELF";
            return isElf ? MACHINES[content.readUInt16LE(18)] : undefined;
        }
    }
    return undefined;
}

/** The content of a file of a tar archive. */
function fileIn(archive: Buffer, name: string): Buffer | undefined {
    for (let at = 0; at + 512 <= archive.length;) {
        const text = (from: number, length: number) =>
            archive
                .subarray(at + from, at + from + length)
                .toString("utf8")
                .replace(/\0.*$/s, "");
        const size = Number.parseInt(text(124, 12).trim() || "0", 8);
        const prefix = text(345, 155);
        const found = `${prefix === "" ? "" : `${prefix}/`}${text(0, 100)}`.replace(/^\.?\//, "");
        if (found === name) {
            return archive.subarray(at + 512, at + 512 + size);
        }
        at += 512 + Math.ceil(size / 512) * 512;
    }
    return undefined;
}
