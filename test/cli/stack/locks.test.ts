import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { judge, locksOf, releaseLock } from "../../../cli/stack/locks";
import { type ProcessState, readProcess } from "../../../cli/stack/processes";

const content = {
    pid: 4711,
    username: "ann",
    hostname: "build-3",
    timestamp: "2026-11-22T18:00:00.5Z",
};
const lock = { ...content, file: "/x.json" };

describe("judge", () => {
    const of = (state: ProcessState, host = "build-3") => judge(lock, host, () => state);

    it("calls a lock stale whose process is gone", () => {
        expect(of("gone")).toBe("stale");
    });

    it.each([
        ["/usr/bin/pulumi", "up"],
        ["/my tools/pulumi", "up"],
        ["pulumi"],
        ["C:/bin/pulumi.exe"],
    ])("calls a lock live whose pulumi runs: %s", (...command) => {
        expect(of({ command })).toBe("live");
    });

    it("never judges what another machine holds, also when a process of that id is missing here", () => {
        expect(of("gone", "laptop")).toBe("elsewhere");
    });

    it.each([["sleep", "60"], ["/usr/bin/pulumi-language-nodejs"], ["vim", "pulumi"]])(
        "calls a lock stale whose id is another program's by now: %s",
        (...command) => {
            expect(of({ command })).toBe("stale");
        },
    );

    it("takes what it cannot look at for no proof", () => {
        expect(of("unknown")).toBe("live");
    });
});

describe("readProcess", () => {
    it("knows a process, without ps and with blanks in its path", () => {
        const path = process.env["PATH"];
        process.env["PATH"] = "/nonexistent";
        try {
            const found = readProcess(process.pid);
            expect(typeof found === "object" && found.command[0]).toMatch(/node$/);
        } finally {
            process.env["PATH"] = path;
        }
    });

    it("knows that there is none of an id", () => {
        expect(readProcess(2 ** 22 - 1)).toBe("gone");
    });

    it("does not call a process gone that belongs to somebody else", () => {
        expect(readProcess(1)).not.toBe("gone");
    });
});

describe("locksOf", () => {
    let folder: string;
    let locks: string;

    beforeEach(() => {
        folder = mkdtempSync(join(tmpdir(), "multiarch-locks-"));
        locks = join(folder, ".pulumi/locks/organization/shop/dev");
        mkdirSync(locks, { recursive: true });
    });

    afterEach(() => {
        rmSync(folder, { recursive: true });
    });

    function write(name: string, content: unknown): string {
        const file = join(locks, name);
        writeFileSync(file, JSON.stringify(content));
        writeFileSync(`${file}.attrs`, "{}");
        return file;
    }

    it("finds a stack's locks, also by its full name", () => {
        const file = write("1.json", content);
        expect(locksOf(`file://${folder}`, "shop", "dev")).toEqual([{ ...lock, file }]);
        expect(locksOf(`file://${folder}`, "shop", "organization/shop/dev")).toEqual([
            { ...lock, file },
        ]);
    });

    it("finds one that its maker did not come to rename, and no other file", () => {
        const file = write("1.json.18b2a70f3c.tmp", content);
        write("1.json.bak", content);
        expect(locksOf(`file://${folder}`, "shop", "dev")).toEqual([{ ...lock, file }]);
    });

    it("finds none of another stack, of another kind of backend, and none that is no lock", () => {
        write("1.json", { pid: "x" });
        expect(locksOf(`file://${folder}`, "shop", "dev")).toEqual([]);
        expect(locksOf(`file://${folder}`, "shop", "prod")).toEqual([]);
        expect(locksOf("https://api.pulumi.com/ann", "shop", "dev")).toEqual([]);
    });

    it("releases one lock and leaves the others", () => {
        const file = write("1.json", content);
        const other = write("2.json", { ...content, pid: 1 });
        releaseLock({ ...lock, file });
        expect(
            [file, `${file}.attrs`, other, `${other}.attrs`].map((it) => existsSync(it)),
        ).toEqual([false, false, true, true]);
    });
});
