import { type Machine, whyNotOn } from "../../sandbox/preflight";

const good: Machine = {
    platform: "linux",
    architecture: "x64",
    user: 0,
    hasApt: true,
    missingPackages: [],
};

describe("whyNotOn", () => {
    it("has nothing against root on Linux on amd64", () => {
        expect(whyNotOn(good)).toBeUndefined();
    });

    it("has nothing against missing packages that apt-get can install", () => {
        expect(whyNotOn({ ...good, missingPackages: ["git"] })).toBeUndefined();
    });

    it.each<[Partial<Machine>, string]>([
        [
            { platform: "darwin", architecture: "arm64", user: 501 },
            "the sandbox needs Linux (this is darwin): run it in a Linux virtual machine.",
        ],
        [
            { architecture: "arm64" },
            "the sandbox needs an amd64 machine (this one is arm64): its toolchain is for amd64.",
        ],
        [
            { user: 1000 },
            "the sandbox needs root, for namespaces and mounts: run the same command with sudo.",
        ],
        [
            { hasApt: false, missingPackages: ["git", "curl"] },
            "the sandbox needs the Debian packages git, curl, and there is no apt-get to install " +
                "them: install their programs, then run this again.",
        ],
    ])("says what is wrong with %j", (difference, reason) => {
        expect(whyNotOn({ ...good, ...difference })).toBe(reason);
    });
});
