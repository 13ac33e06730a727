import { mkdtempSync, readFileSync, rmSync, statSync, utimesSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { writeConfig } from "../../sandbox/cluster/files";
import { paths } from "../../sandbox/settings";

let folder: string;

beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "multiarch-files-"));
    jest.replaceProperty(paths, "conf", join(folder, "conf"));
});

afterEach(() => {
    jest.restoreAllMocks();
    rmSync(folder, { recursive: true });
});

describe("writeConfig", () => {
    it("writes text as it is, and anything else as YAML", () => {
        expect(readFileSync(writeConfig("a", "text\n"), "utf8")).toBe("text\n");
        expect(readFileSync(writeConfig("b", { mode: "nftables" }), "utf8")).toBe(
            "mode: nftables\n",
        );
    });

    it("leaves a file alone that says the same, and writes one that does not", () => {
        const path = writeConfig("a", { mode: "nftables" });
        utimesSync(path, 1, 1);

        writeConfig("a", { mode: "nftables" });
        expect(statSync(path).mtimeMs).toBe(1000);

        writeConfig("a", { mode: "iptables" });
        expect(readFileSync(path, "utf8")).toBe("mode: iptables\n");
    });
});
