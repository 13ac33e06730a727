import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { withLock } from "../../sandbox/lock";

let folder: string;
const quiet = jest.spyOn(process.stderr, "write").mockReturnValue(true);

beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "lock-"));
});

afterEach(() => {
    rmSync(folder, { recursive: true });
    quiet.mockClear();
});

describe("withLock", () => {
    it("does one work after the other", async () => {
        const options = { file: join(folder, "lock"), seconds: 20 };
        const events: string[] = [];
        let second: Promise<number> | undefined;
        await withLock(async () => {
            second = withLock(() => Promise.resolve(events.push("second")), options);
            await Promise.resolve();
            events.push("first");
        }, options);
        await second;
        expect(events).toEqual(["first", "second"]);
    });

    it("gives up after its time, and names the process that holds the lock", async () => {
        const file = join(folder, "lock");
        const work = withLock(() => withLock(() => Promise.resolve(), { file, seconds: 0 }), {
            file,
            seconds: 0,
        });
        await expect(work).rejects.toThrow(
            `process ${process.pid} is still at work on the sandbox after 0 s: wait for it, or ` +
                "end it, then run this again.",
        );
    });

    it("is free again after work that failed", async () => {
        const options = { file: join(folder, "lock"), seconds: 0 };
        const failing = withLock(() => Promise.reject(new Error("no")), options);
        await expect(failing).rejects.toThrow("no");
        await expect(withLock(() => Promise.resolve("done"), options)).resolves.toBe("done");
    });
});
