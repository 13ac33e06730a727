import { spawnSync } from "node:child_process";
import { join } from "node:path";

/** Outcome of `work` as one line. In a process of its own: Jest fails a test that leaves a rejection to itself. */
function outcome(work: string): string {
    const script = `
        const { withoutStrays } = require("./cli/plan/strays");
        withoutStrays(${work}).then((value) => console.log("value", value), (error) => console.log("error", error.message));
    `;
    return spawnSync(process.execPath, ["--require", "tsx/cjs", "--eval", script], {
        cwd: join(__dirname, "../../.."),
        encoding: "utf8",
    }).stdout;
}

describe("withoutStrays", () => {
    it("returns what the work returns", () => {
        expect(outcome("async () => 1")).toBe("value 1\n");
    });

    it("fails with the work's own error", () => {
        expect(outcome('async () => { throw new Error("own") }')).toBe("error own\n");
    });

    it("fails with the first error that nobody waited for", () => {
        const work =
            'async () => { Promise.reject(new Error("first")); Promise.reject(new Error("second")); return 1; }';
        expect(outcome(work)).toBe("error first\n");
    });
});
