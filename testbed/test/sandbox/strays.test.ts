import { mountsFolder } from "../../sandbox/strays";

const line = (target: string, options = "rw") =>
    `36 35 98:0 / ${target} rw,noatime shared:1 - ext4 /dev/vda ${options}`;

describe("mountsFolder", () => {
    it.each([
        ["a mount at the folder", line("/state")],
        ["a mount below the folder", line("/state/amd64/containerd")],
        ["a container's root, an overlay of it", line("/", "lowerdir=/x,upperdir=/state/7/fs")],
    ])("finds %s", (_, mounts) => {
        expect(mountsFolder(`${line("/")}\n${mounts}\n`, "/state")).toBe(true);
    });

    it.each([
        ["other folders", line("/var")],
        ["a folder whose name begins alike", line("/state-of-another")],
        ["another's overlay", line("/", "upperdir=/other/state/7/fs")],
        ["nothing", ""],
    ])("passes over %s", (_, mounts) => {
        expect(mountsFolder(mounts, "/state")).toBe(false);
    });
});
