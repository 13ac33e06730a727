import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { judge, locksOf, releaseLock } from "../../../cli/stack/locks";
import { type Process } from "../../../cli/stack/processes";

const made = Date.parse("2026-11-22T18:00:00Z");
const content = {
    pid: 4711,
    username: "ann",
    hostname: "build-3",
    timestamp: "2026-11-22T18:00:00.5Z",
};
const lock = { ...content, file: "/x.json" };
const pulumi: Process = { pid: 4711, started: made - 1_000, command: ["/usr/bin/pulumi", "up"] };

describe("judge", () => {
    it("calls a lock stale whose process is gone", () => {
        expect(judge(lock, "build-3", () => undefined)).toBe("stale");
    });

    it("calls a lock live whose pulumi runs", () => {
        expect(judge(lock, "build-3", () => pulumi)).toBe("live");
    });

    it("never judges what another machine holds, also when a process of that id is missing here", () => {
        expect(judge(lock, "laptop", () => undefined)).toBe("elsewhere");
    });

    it("calls a lock stale whose id is another program's by now", () => {
        expect(judge(lock, "build-3", () => ({ ...pulumi, command: ["sleep", "60"] }))).toBe(
            "stale",
        );
    });

    it("calls a lock stale whose id is a younger pulumi's", () => {
        expect(judge(lock, "build-3", () => ({ ...pulumi, started: made + 60_000 }))).toBe("stale");
    });

    it("takes a time that it cannot read for no proof", () => {
        expect(
            judge({ ...lock, timestamp: "soon" }, "build-3", () => ({
                ...pulumi,
                started: made + 60_000,
            })),
        ).toBe("live");
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
