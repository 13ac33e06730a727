import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { findToolchain, manifests, programs } from "../../sandbox/toolchain";

let root: string;

beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "toolchain-"));
});

afterEach(() => {
    rmSync(root, { recursive: true });
});

function makeToolchain(without?: string): void {
    const paths = [
        ...programs.map((it) => `bin/${it}`),
        ...manifests.map((it) => `manifests/${it}`),
    ];
    for (const path of paths.filter((it) => it !== without)) {
        mkdirSync(dirname(join(root, path)), { recursive: true });
        writeFileSync(join(root, path), "");
    }
}

describe("findToolchain", () => {
    it("takes the folder that SANDBOX_TOOLCHAIN names", () => {
        makeToolchain();
        expect(findToolchain({ SANDBOX_TOOLCHAIN: root })).toEqual({ folder: root });
    });

    it("says what that folder lacks", () => {
        makeToolchain("bin/etcd");
        expect(findToolchain({ SANDBOX_TOOLCHAIN: root })).toEqual({
            reason: `SANDBOX_TOOLCHAIN=${root} is not a toolchain: it has no bin/etcd.`,
        });
    });

    it("says what to set, and looks nowhere else", () => {
        expect(findToolchain({})).toEqual({
            reason: "SANDBOX_TOOLCHAIN is not set: it names a folder with the programs of a local OpenShift, see testbed/sandbox/README.md.",
        });
    });
});
