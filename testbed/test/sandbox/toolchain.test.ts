import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { findToolchain, manifests, parseSums, programs } from "../../sandbox/toolchain";

let root: string;
let places: { cache: string; shared: string };

beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "toolchain-"));
    places = { cache: join(root, "cache"), shared: join(root, "shared") };
});

afterEach(() => {
    rmSync(root, { recursive: true });
});

function touch(path: string, content = ""): void {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
}

function makeToolchain(folder: string, without?: string): void {
    const paths = [
        ...programs.map((it) => `bin/${it}`),
        ...manifests.map((it) => `manifests/${it}`),
    ];
    for (const path of paths.filter((it) => it !== without)) {
        touch(join(folder, path));
    }
}

function makeCache(): void {
    makeToolchain(places.cache);
    touch(join(places.cache, ".complete"));
}

function makeShared(): void {
    touch(join(places.shared, "SHA256SUMS"), `${"a".repeat(64)}  toolchain.tar.xz\n`);
    touch(join(places.shared, "toolchain.tar.xz"));
}

const url = "https://example.test/toolchain.tar.xz";

describe("findToolchain", () => {
    it("takes the folder that SANDBOX_TOOLCHAIN names before all else", () => {
        makeCache();
        makeShared();
        makeToolchain(join(root, "mine"));
        const env = { SANDBOX_TOOLCHAIN: join(root, "mine"), SANDBOX_TOOLCHAIN_URL: url };
        expect(findToolchain(env, places)).toEqual({ kind: "folder", folder: join(root, "mine") });
    });

    it("says what that folder lacks, and looks no further", () => {
        makeCache();
        makeToolchain(join(root, "mine"), "bin/etcd");
        expect(findToolchain({ SANDBOX_TOOLCHAIN: join(root, "mine") }, places)).toEqual({
            kind: "nowhere",
            reason: `SANDBOX_TOOLCHAIN=${join(root, "mine")} is not a toolchain: it has no bin/etcd.`,
        });
    });

    it("takes the cache before the archives beside the repository", () => {
        makeCache();
        makeShared();
        expect(findToolchain({}, places)).toEqual({ kind: "folder", folder: places.cache });
    });

    it("does not take a cache without its stamp, or with a program gone", () => {
        makeShared();
        makeToolchain(places.cache);
        expect(findToolchain({}, places).kind).toBe("archives");
        touch(join(places.cache, ".complete"));
        rmSync(join(places.cache, "bin/oc"));
        expect(findToolchain({}, places).kind).toBe("archives");
    });

    it("takes the archives beside the repository before a URL", () => {
        makeShared();
        expect(findToolchain({ SANDBOX_TOOLCHAIN_URL: url }, places)).toEqual({
            kind: "archives",
            archives: [{ file: join(places.shared, "toolchain.tar.xz"), sha256: "a".repeat(64) }],
        });
    });

    it("does not take archives of which one is missing", () => {
        makeShared();
        rmSync(join(places.shared, "toolchain.tar.xz"));
        expect(findToolchain({ SANDBOX_TOOLCHAIN_URL: url }, places).kind).toBe("url");
    });

    it("takes a URL, with its checksum if there is one, before a builder", () => {
        const env = { SANDBOX_TOOLCHAIN_URL: url, SANDBOX_TOOLCHAIN_BUILD: "/bin/sh" };
        expect(findToolchain(env, places)).toEqual({ kind: "url", url, sha256: undefined });
        expect(findToolchain({ ...env, SANDBOX_TOOLCHAIN_SHA256: "b" }, places)).toEqual({
            kind: "url",
            url,
            sha256: "b",
        });
    });

    it("takes a builder last, if it is a program", () => {
        expect(findToolchain({ SANDBOX_TOOLCHAIN_BUILD: "/bin/sh" }, places)).toEqual({
            kind: "builder",
            program: "/bin/sh",
        });
        const text = join(root, "notes.txt");
        writeFileSync(text, "", { mode: 0o644 });
        expect(findToolchain({ SANDBOX_TOOLCHAIN_BUILD: text }, places)).toEqual({
            kind: "nowhere",
            reason: `SANDBOX_TOOLCHAIN_BUILD=${text} is not a program.`,
        });
    });

    it("says in order where it looked in vain", () => {
        expect(findToolchain({}, places)).toEqual({
            kind: "nowhere",
            reason:
                `no toolchain: SANDBOX_TOOLCHAIN is not set; ${places.cache} holds none; ` +
                `${places.shared} has no archives with SHA256SUMS; SANDBOX_TOOLCHAIN_URL and ` +
                "SANDBOX_TOOLCHAIN_BUILD are not set. Set one of them (see testbed/sandbox/README.md).",
        });
    });
});

describe("parseSums", () => {
    it("reads text and binary lines, and only those of xz archives", () => {
        const [a, b, c] = ["a", "b", "c"].map((it) => it.repeat(64));
        const text = `${a}  one.tar.xz\n${b} *two.xz\n${c}  notes.txt\nshort  three.xz\n`;
        expect(parseSums(text, "/folder")).toEqual([
            { file: "/folder/one.tar.xz", sha256: a },
            { file: "/folder/two.xz", sha256: b },
        ]);
    });
});
