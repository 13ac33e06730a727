import {
    chmodSync,
    existsSync,
    mkdirSync,
    readdirSync,
    renameSync,
    rmSync,
    writeFileSync,
} from "node:fs";
import { basename, join } from "node:path";

import { command } from "./command";
import { paths } from "./settings";
import type { Source } from "./toolchain";

/** An archive that must have this checksum. */
export interface Archive {
    readonly file: string;
    readonly sha256: string;
}

/** Makes a toolchain from its source in a folder that appears at once, and only when complete. */
export async function install(
    source: Exclude<Source, { kind: "folder" | "nowhere" }>,
    folder: string,
    missingFrom: (folder: string) => string[],
): Promise<void> {
    const scratch = `${folder}.new`;
    rmSync(scratch, { recursive: true, force: true });
    mkdirSync(join(scratch, "bin"), { recursive: true });
    if (source.kind === "builder") {
        const env = { ...process.env, OUT: join(scratch, "bin"), SRC: join(paths.cache, "src") };
        await command([source.program, scratch], { env, seconds: 7200, show: true });
    } else if (source.kind === "url") {
        await unpack(await fetchArchive(source.url, source.sha256), scratch);
    } else {
        for (const archive of source.archives) {
            await unpack(archive, scratch);
        }
    }
    const [missing] = missingFrom(scratch);
    if (missing !== undefined) {
        throw new Error(`the toolchain is not complete: it has no ${missing} (see ${scratch}).`);
    }
    writeFileSync(join(scratch, ".complete"), `${JSON.stringify(source)}\n`);
    rmSync(folder, { recursive: true, force: true });
    renameSync(scratch, folder);
}

/** Packs a toolchain with the regctl programs, and writes SHA256SUMS beside the archive. */
export async function pack(
    toolchain: string,
    regctl: readonly string[],
    folder: string,
): Promise<string> {
    mkdirSync(folder, { recursive: true });
    const archive = join(folder, "toolchain.tar.xz");
    const links = join(folder, ".regctl");
    rmSync(links, { recursive: true, force: true });
    mkdirSync(join(links, "bin"), { recursive: true });
    for (const file of regctl) {
        const name = basename(file).split("-").slice(0, 2).join("-");
        await command(["cp", file, join(links, "bin", name)]);
    }
    // Links in bin/ are aliases of this machine's; the archive holds programs only.
    const script =
        'cd "$1" && { find bin -type f; echo manifests; } | ' +
        'tar --owner=0 --group=0 --sort=name -cf - -T - -C "$2" bin | xz -T0 -6 >"$3.new" && ' +
        'mv "$3.new" "$3" && cd "$(dirname "$3")" && sha256sum "$(basename "$3")" >SHA256SUMS';
    await command(["bash", "-o", "pipefail", "-c", script, "pack", toolchain, links, archive], {
        seconds: 3600,
    });
    rmSync(links, { recursive: true, force: true });
    return archive;
}

async function unpack({ file, sha256 }: Archive, folder: string): Promise<void> {
    const sum = await command(["sha256sum", file], { seconds: 300 });
    if (!sum.startsWith(`${sha256} `)) {
        throw new Error(`${file} does not have the checksum ${sha256}: get it again.`);
    }
    if (!file.endsWith(".tar.xz")) {
        const program = join(folder, "bin", basename(file, ".xz"));
        await command(["sh", "-c", 'xz -T0 -dc "$1" >"$2"', "sh", file, program], { seconds: 600 });
        chmodSync(program, 0o755);
        return;
    }
    const scratch = join(folder, ".unpacked");
    mkdirSync(scratch);
    const script = 'xz -T0 -dc "$1" | tar -x --no-same-owner -C "$2"';
    await command(["bash", "-o", "pipefail", "-c", script, "unpack", file, scratch], {
        seconds: 600,
    });
    // An archive holds bin/ and manifests/, or it holds programs.
    const names = readdirSync(scratch);
    const whole = names.includes("bin") || names.includes("manifests");
    for (const name of names) {
        if (name === "bin") {
            await command(["cp", "-a", `${join(scratch, name)}/.`, join(folder, "bin")]);
        } else {
            renameSync(join(scratch, name), join(folder, whole ? "" : "bin", name));
        }
    }
    rmSync(scratch, { recursive: true });
}

async function fetchArchive(url: string, sha256: string | undefined): Promise<Archive> {
    const file = join(paths.cache, "download.tar.xz");
    const curl = ["curl", "-sSfL", "--max-time"];
    const wanted = sha256 ?? (await command([...curl, "30", `${url}.sha256`])).slice(0, 64);
    if (!/^[0-9a-f]{64}$/.test(wanted)) {
        throw new Error(`${url}: no checksum. Set SANDBOX_TOOLCHAIN_SHA256.`);
    }
    if (existsSync(file)) {
        rmSync(file);
    }
    await command([...curl, "1800", "-o", file, url], { seconds: 1810 });
    return { file, sha256: wanted };
}
