import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { createWriteStream, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";

import { image, layer, layerFile, list, writeArchive } from "../../../simulator/images/oci";
import { tar } from "../../../simulator/images/tar";

const sha256 = (bytes: Buffer) => `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
const parse = (bytes: unknown) => JSON.parse(String(bytes)) as unknown;

let folder: string;

beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "images-"));
});

afterEach(() => {
    rmSync(folder, { recursive: true });
});

describe("tar", () => {
    it("writes what tar reads: folders, files and links with their permissions", () => {
        const archive = tar([
            { path: "bin" },
            { path: "bin/program", content: "x".repeat(513), mode: 0o755 },
            { path: "bin/alias", link: "program" },
            { path: "home", mode: 0o777, owner: 1000 },
        ]);
        const listing = execFileSync("tar", ["--numeric-owner", "-tvf", "-"], { input: archive });
        const words = listing.toString().trimEnd().split("\n");
        expect(words.map((line) => line.split(/\s+/).filter((_, at) => at !== 4))).toEqual([
            ["drwxr-xr-x", "0/0", "0", "1970-01-01", "bin/"],
            ["-rwxr-xr-x", "0/0", "513", "1970-01-01", "bin/program"],
            ["lrwxr-xr-x", "0/0", "0", "1970-01-01", "bin/alias", "->", "program"],
            ["drwxrwxrwx", "1000/1000", "0", "1970-01-01", "home/"],
        ]);
    });

    it("gives the same bytes for the same entries", () => {
        const entries = [{ path: "file", content: "text" }];
        expect(tar(entries).equals(tar(entries))).toBe(true);
    });

    it("refuses a path that it cannot hold", () => {
        expect(() => tar([{ path: "x".repeat(101), content: "" }])).toThrow(
            `${"x".repeat(101)}: longer than 100 bytes, which this archive cannot hold`,
        );
    });
});

describe("image", () => {
    const entries = [{ path: "file", content: "text" }];

    it("names a compressed layer by its bytes, and its content by the archive's", () => {
        const it = layer(entries, { gzip: true });
        expect(it.digest).toBe(sha256(it.content as Buffer));
        expect(it.size).toBe((it.content as Buffer).length);
        expect(it.diffId).toBe(sha256(gunzipSync(it.content as Buffer)));
        expect(it.diffId).toBe(sha256(tar(entries)));
    });

    it("describes configuration and layers in the manifest", () => {
        const part = layer(entries);
        const { manifest, blobs } = image("arm64", { Cmd: ["sh"] }, [part]);
        const configuration = blobs[1];
        expect(manifest.digest).toBe(sha256(manifest.content as Buffer));
        expect(parse(manifest.content)).toEqual({
            schemaVersion: 2,
            mediaType: "application/vnd.oci.image.manifest.v1+json",
            config: {
                mediaType: "application/vnd.oci.image.config.v1+json",
                digest: configuration?.digest,
                size: configuration?.size,
            },
            layers: [
                {
                    mediaType: "application/vnd.oci.image.layer.v1.tar",
                    digest: part.digest,
                    size: part.size,
                },
            ],
        });
        expect(parse(configuration?.content)).toEqual({
            architecture: "arm64",
            os: "linux",
            config: { Cmd: ["sh"] },
            rootfs: { type: "layers", diff_ids: [part.diffId] },
            history: [{ created_by: "multiarch sandbox" }],
        });
    });

    it("lists the platforms of its images, in Docker's words when asked", () => {
        const images = ["amd64", "arm64"].map((it) => image(it, {}, [layer(entries)], "docker"));
        expect(parse(list(images, "docker").manifest.content)).toEqual({
            schemaVersion: 2,
            mediaType: "application/vnd.docker.distribution.manifest.list.v2+json",
            manifests: images.map(({ architecture, manifest }) => ({
                mediaType: "application/vnd.docker.distribution.manifest.v2+json",
                digest: manifest.digest,
                size: manifest.size,
                platform: { architecture, os: "linux" },
            })),
        });
    });
});

describe("writeArchive", () => {
    it("holds each blob once, under its digest, and names the images", async () => {
        const onDisk = tar([{ path: "big", content: "b".repeat(3000) }]);
        writeFileSync(join(folder, "layer.tar"), onDisk);
        const parts = [layerFile(join(folder, "layer.tar"), sha256(onDisk)), layer([])];
        const it = image("amd64", {}, parts);
        const names = ["quay.io/a/b:one", "quay.io/a/b:two"];
        const archive = join(folder, "archive.tar");
        await writeArchive(
            createWriteStream(archive),
            names.map((name) => ({ name, image: it })),
        );
        execFileSync("tar", ["-xf", archive, "-C", folder]);

        expect(parse(readFileSync(join(folder, "oci-layout")))).toEqual({
            imageLayoutVersion: "1.0.0",
        });
        expect(parse(readFileSync(join(folder, "index.json")))).toEqual({
            schemaVersion: 2,
            manifests: ["one", "two"].map((tag) => ({
                mediaType: it.mediaType,
                digest: it.manifest.digest,
                size: it.manifest.size,
                annotations: {
                    "io.containerd.image.name": `quay.io/a/b:${tag}`,
                    "org.opencontainers.image.ref.name": tag,
                },
            })),
        });
        const listing = execFileSync("tar", ["-tf", archive]).toString().trimEnd().split("\n");
        expect(listing).toHaveLength(2 + 4);
        for (const { digest } of [...it.blobs, it.manifest]) {
            const file = join(folder, "blobs", digest.replace(":", "/"));
            expect(sha256(readFileSync(file))).toBe(digest);
        }
    });
});
