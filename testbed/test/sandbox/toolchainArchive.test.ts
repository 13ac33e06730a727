import {
    chmodSync,
    existsSync,
    mkdirSync,
    mkdtempSync,
    readFileSync,
    rmSync,
    symlinkSync,
    writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { missingFrom, manifests, parseSums, programs } from "../../sandbox/toolchain";
import { install, pack } from "../../sandbox/toolchainArchive";

let root: string;

beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "archive-"));
});

afterEach(() => {
    rmSync(root, { recursive: true });
});

/** A toolchain whose programs hold their names, and the two programs that are packed beside it. */
function makeToolchain(folder: string): string[] {
    for (const path of [
        ...programs.map((it) => `bin/${it}`),
        ...manifests.map((it) => `manifests/${it}`),
        ...["regctl/regctl-amd64-v1", "regctl/regctl-arm64-v1"],
    ]) {
        mkdirSync(dirname(join(folder, path)), { recursive: true });
        writeFileSync(join(folder, path), path);
    }
    symlinkSync("oc", join(folder, "bin/kubectl"));
    chmodSync(join(folder, "bin/oc"), 0o755);
    return ["amd64", "arm64"].map((it) => join(folder, `regctl/regctl-${it}-v1`));
}

async function packAndRead(): Promise<ReturnType<typeof parseSums>> {
    const regctl = makeToolchain(join(root, "made"));
    await pack(join(root, "made"), regctl, join(root, "packed"));
    return parseSums(readFileSync(join(root, "packed/SHA256SUMS"), "utf8"), join(root, "packed"));
}

describe("pack and install", () => {
    it("bring a toolchain from one machine to another", async () => {
        const archives = await packAndRead();
        expect(archives.map(({ file }) => file)).toEqual([join(root, "packed/toolchain.tar.xz")]);
        const folder = join(root, "installed");
        await install({ kind: "archives", archives }, folder, missingFrom);
        expect(missingFrom(folder)).toEqual([]);
        expect(readFileSync(join(folder, "bin/oc"), "utf8")).toBe("bin/oc");
        expect(readFileSync(join(folder, "bin/regctl-arm64"), "utf8")).toBe(
            "regctl/regctl-arm64-v1",
        );
        expect(existsSync(join(folder, "bin/kubectl"))).toBe(false);
        expect(existsSync(join(folder, ".complete"))).toBe(true);
    });

    it("installs nothing from an archive with another checksum", async () => {
        const [archive] = await packAndRead();
        const file = archive?.file ?? "";
        const sha256 = "0".repeat(64);
        const folder = join(root, "installed");
        const installing = install(
            { kind: "archives", archives: [{ file, sha256 }] },
            folder,
            missingFrom,
        );
        await expect(installing).rejects.toThrow(
            `${file} does not have the checksum ${sha256}: get it again.`,
        );
        expect(existsSync(folder)).toBe(false);
    });

    it("installs nothing that is not complete", async () => {
        const archives = await packAndRead();
        const folder = join(root, "installed");
        const installing = install({ kind: "archives", archives }, folder, () => ["bin/more"]);
        await expect(installing).rejects.toThrow(
            `the toolchain is not complete: it has no bin/more (see ${folder}.new).`,
        );
        expect(existsSync(folder)).toBe(false);
    });

    it("lets a program build a toolchain", async () => {
        makeToolchain(join(root, "made"));
        const program = join(root, "build");
        writeFileSync(program, `#!/bin/sh\ncp -r ${join(root, "made")}/. "$1"\n`, { mode: 0o755 });
        const folder = join(root, "installed");
        await install({ kind: "builder", program }, folder, missingFrom);
        expect(missingFrom(folder)).toEqual([]);
    });
});
