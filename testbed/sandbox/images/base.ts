import { createWriteStream, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { command } from "../command";
import { insidePrefix } from "../namespaces";
import { answers } from "../probes";
import { type Architecture, architectures, images, paths, quay } from "../settings";
import { baseImage } from "./contents";
import { listApplets } from "./load";
import { list, writeArchive } from "../../../simulator/images/oci";

/** regctl's configuration for registries of the sandbox, each with an account. */
export function regctlHosts(
    accounts: Readonly<Record<string, { readonly user: string; readonly pass: string }>>,
): object {
    const common = { tls: "enabled", regcert: readFileSync(paths.ca, "utf8") };
    const hosts = Object.entries(accounts).map(([name, it]) => [name, { ...common, ...it }]);
    return { hosts: Object.fromEntries(hosts) as object };
}

/** Puts the base image, for each architecture and as a list, where quay.io is looked for. */
export async function pushBase(
    regctl: string,
    busybox: Readonly<Record<Architecture, string>>,
): Promise<void> {
    const applets = await listApplets(busybox.amd64);
    const parts = architectures.map((it) => baseImage(it, busybox[it], applets, "docker"));
    const all = [
        ...parts.map((image) => ({ name: `${images.base}:${image.architecture}`, image })),
        { name: `${images.base}:latest`, image: list(parts, "docker") },
    ];
    const stamp = join(paths.state, "base-pushed");
    const wanted = all.map(({ image }) => image.manifest.digest).join("\n");
    if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted && (await isThere())) {
        return;
    }
    const archive = join(paths.state, "base.tar");
    await writeArchive(createWriteStream(archive), all);
    const layout = join(paths.state, "base");
    await command([
        "sh",
        "-c",
        'rm -rf "$2" && mkdir "$2" && tar -xf "$1" -C "$2"',
        "sh",
        archive,
        layout,
    ]);
    const config = join(paths.conf, "regctl.json");
    const accounts = regctlHosts({ [quay.host]: { user: quay.user, pass: quay.password } });
    writeFileSync(config, JSON.stringify(accounts), { mode: 0o600 });
    const env = { ...process.env, HOME: paths.state, REGCTL_CONFIG: config };
    for (const { name } of all) {
        const tag = name.slice(name.lastIndexOf(":"));
        const copy = ["image", "copy", `ocidir://${layout}${tag}`, name];
        await command([...insidePrefix(), regctl, ...copy], { env });
    }
    await command(["rm", "-rf", archive, layout]);
    writeFileSync(stamp, wanted);
}

function isThere(): Promise<boolean> {
    const manifest = `https://${quay.host}/v2/sandbox/base/manifests/latest`;
    const accept = "Accept: application/vnd.docker.distribution.manifest.list.v2+json";
    return answers(manifest, "-u", `${quay.user}:${quay.password}`, "-H", accept);
}
