import { failureText } from "../../../steps/shared/failure";
import { Progress } from "../../../steps/shared/progress";
import { describe as textOf } from "../../../steps/shared/runProgram";
import { FakeClock } from "../../cluster/fakeClock";

function recorded() {
    const lines: string[] = [];
    const clock = new FakeClock();
    const progress = new Progress("context-api arm64", (line) => lines.push(line), clock);
    return { lines, clock, progress };
}

describe("Progress", () => {
    it("says whose step it is and when it came", async () => {
        const { lines, clock, progress } = recorded();
        await clock.advance(12_400);
        progress.step("build context-api-arm64-3: STEP 3/7 RUN go build");
        expect(lines).toEqual([
            "context-api arm64  build context-api-arm64-3: STEP 3/7 RUN go build  12 s",
        ]);
    });

    it("does not repeat itself", async () => {
        const { lines, clock, progress } = recorded();
        progress.step("waits");
        await clock.advance(5_000);
        progress.step("waits");
        expect(lines).toEqual(["context-api arm64  waits  0 s"]);
    });

    it("keeps each line short and printable, and their total under 4 KB", () => {
        const { lines, progress } = recorded();
        for (let index = 0; index < 1_000; index++) {
            progress.step(`\r\u001b[31mä${"ö".repeat(index)} ${index}`);
        }
        for (let index = 0; index < 1_000; index++) {
            progress.milestone(`milestone ${index}`);
        }
        lines.forEach((line) => {
            expect(line.length).toBeLessThan(200);
            expect(line).not.toMatch(/\p{Cc}/u);
        });
        expect(Buffer.byteLength(lines.join("\n"))).toBeLessThan(4_000);
    });

    it("still reports milestones when there were too many steps", () => {
        const { lines, progress } = recorded();
        for (let index = 0; index < 1_000; index++) {
            progress.step(`step ${index}`);
        }
        progress.milestone("complete");
        expect(lines.at(-1)).toBe("context-api arm64  complete  0 s");
    });
});

describe("failureText", () => {
    it("tells the fact, the help, the log and the next command, in this order", () => {
        expect(
            failureText({
                headline: "It failed.",
                facts: ["Raise the limit."],
                tail: ["one", "two"],
                logFile: "/p/log",
                next: ["oc logs build/x -n y"],
            }),
        ).toBe(
            [
                "It failed.",
                "Raise the limit.",
                "The last lines of its log:",
                "  | one",
                "  | two",
                "Whole log: /p/log",
                "Next: oc logs build/x -n y",
            ].join("\n"),
        );
    });

    it("leaves out what there is not", () => {
        expect(failureText({ headline: "It failed.", next: [] })).toBe("It failed.");
    });

    it("stays under 12 KB, keeping the end of the log", () => {
        const long = "ö".repeat(20_000);
        const text = failureText({
            headline: long,
            facts: [long, long, long, long],
            tail: Array.from({ length: 40 }, (_, index) => `${index} ${"ö".repeat(390)}`),
            logFile: long,
            next: [long, long, long, long, long],
        });
        expect(Buffer.byteLength(text)).toBeLessThanOrEqual(11_500);
        expect(text).toContain("| 39 ");
        expect(text).not.toContain("| 0 ");
    });
});

describe("the text of an error", () => {
    it("has no stack and without control characters", () => {
        expect(textOf(new Error("one\u001b[31m\ntwo"))).toBe("one\ntwo");
        expect(textOf("text")).toBe("text");
    });

    it("is bounded", () => {
        expect(textOf(new Error("x\n".repeat(100_000))).length).toBeLessThanOrEqual(12_000);
    });
});
