import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import {
    type Component,
    ensureComponent,
    runningIdentity,
    stopProcess,
} from "../../sandbox/component";

const mockFolder = mkdtempSync(join(tmpdir(), "multiarch-component-"));

jest.mock("../../sandbox/namespaces", () => ({
    insidePrefix: () => [],
    runsInside: () => true,
}));
jest.mock("../../sandbox/settings", () => ({
    paths: {
        get run() {
            return join(mockFolder, "run");
        },
        get logs() {
            return join(mockFolder, "logs");
        },
    },
}));

const file = (name: string) => join(mockFolder, `${name}.starts`);
const starts = (name: string) =>
    existsSync(file(name)) ? readFileSync(file(name), "utf8").split("\n").length - 1 : 0;

/** A component that ends as it starts, until it has been started so many times. */
function endsUntil(name: string, stays: number): Component {
    const script = 'echo it starts | tee -a "$1"; [ $(wc -l <"$1") -lt "$2" ] || exec sleep 60';
    return {
        name,
        command: ["sh", "-c", script, "sh", file(name), `${stays}`],
        healthy: () => Promise.resolve(starts(name) >= stays),
        seconds: 20,
    };
}

describe("a component that ends as it starts", () => {
    afterAll(() => {
        rmSync(mockFolder, { recursive: true });
    });

    it("is started again, and runs", async () => {
        const component = endsUntil("shy", 2);

        expect(await ensureComponent(component)).toBe(true);
        expect(starts("shy")).toBe(2);
        expect(await ensureComponent(component)).toBe(false);
        expect(starts("shy")).toBe(2);
        const running = runningIdentity("shy");
        expect(running).toBeDefined();
        if (running !== undefined) {
            await stopProcess(running);
        }
    });

    it("is given up after three starts, with the end of its log", async () => {
        await expect(ensureComponent(endsUntil("broken", 9))).rejects.toThrow(
            "broken: it ended. Its log says:\nit starts",
        );
        expect(starts("broken")).toBe(3);
    });
});
