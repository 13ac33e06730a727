import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { LogFile } from "../../../steps/shared/logFile";

describe("LogFile", () => {
    it("names the file that holds the whole log", async () => {
        const folder = mkdtempSync(join(tmpdir(), "multiarch-test-"));
        try {
            const path = join(folder, "shop/api.log");
            const log = await LogFile.create(path);
            await log.write(Buffer.from("one\n"));
            await log.close();
            expect(log.writtenTo).toBe(path);
            expect(readFileSync(path, "utf8")).toBe("one\n");
        } finally {
            rmSync(folder, { recursive: true });
        }
    });

    it("names none that a full disk has cut short, and fails nothing", async () => {
        // Linux's own full disk.
        const log = await LogFile.create("/dev/full");
        await log.write(Buffer.from("one\n"));
        await log.close();
        expect(log.writtenTo).toBeUndefined();
    });
});
