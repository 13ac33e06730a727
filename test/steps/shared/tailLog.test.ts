import * as fc from "fast-check";

import { LineSplitter } from "../../../steps/shared/lineSplitter";
import { LogTail } from "../../../steps/shared/tailLog";

const bytes = (text: string) => Buffer.from(text);

/** The lines that come out when the bytes arrive cut at such places. */
function split(all: Buffer, limit: number, cuts: number[]): string[] {
    const splitter = new LineSplitter(limit);
    const lines: string[] = [];
    let start = 0;
    for (const end of [...cuts.map((cut) => cut % (all.length + 1)), all.length].sort(
        (a, b) => a - b,
    )) {
        lines.push(...splitter.push(all.subarray(start, end)));
        start = end;
    }
    return [...lines, ...splitter.end()];
}

describe("LineSplitter", () => {
    it("gives whole lines, however they arrive", () => {
        expect(split(bytes("one\ntwo\r\nthree"), 100, [2, 5, 8])).toEqual(["one", "two", "three"]);
    });

    it("keeps the last state of a progress bar", () => {
        expect(split(bytes("10%\r50%\r100%\ndone\n"), 100, [])).toEqual(["100%", "done"]);
    });

    it("joins a character that arrives in two halves", () => {
        expect(split(bytes("größer\n"), 100, [3])).toEqual(["größer"]);
    });

    it("replaces invalid UTF-8", () => {
        expect(split(Buffer.from([0x61, 0xff, 0xfe, 0x62, 0x0a]), 100, [])).toEqual([
            "a\uFFFD\uFFFDb",
        ]);
    });

    it("gives the same lines for every way of cutting the same bytes", () => {
        fc.assert(
            fc.property(
                fc.array(fc.constantFrom(0x0a, 0x0d, 0x61, 0x62, 0xc3, 0xb6, 0xff), {
                    maxLength: 60,
                }),
                fc.array(fc.nat(), { maxLength: 8 }),
                (values, cuts) => {
                    const all = Buffer.from(values);
                    expect(split(all, 10, cuts)).toEqual(split(all, 10, []));
                },
            ),
        );
    });
});

describe("LogTail", () => {
    const tailOf = (...chunks: Uint8Array[]) => {
        const tail = new LogTail((line) => line);
        chunks.forEach((chunk) => {
            tail.push(chunk);
        });
        tail.end();
        return tail.lines();
    };

    it("keeps the last 40 lines", () => {
        const all = Array.from({ length: 100 }, (_, index) => `line ${index}`);
        expect(tailOf(bytes(all.join("\n")))).toEqual(all.slice(60));
    });

    it("cuts lines at 400 characters and drops empty ones", () => {
        const [line, ...others] = tailOf(bytes(`${"x".repeat(500)}\n\n   \n`));
        expect(line).toBe(`${"x".repeat(399)}…`);
        expect(others).toEqual([]);
    });

    it("survives a line of 10 MB without holding it", () => {
        const chunk = Buffer.alloc(1024 * 1024, "x");
        const chunks = Array.from({ length: 10 }, () => chunk);
        const seen: number[] = [];
        const tail = new LogTail((line) => {
            seen.push(line.length);
            return line;
        });
        chunks.forEach((part) => {
            tail.push(part);
        });
        tail.push(bytes("\nafter\n"));
        expect(seen).toEqual([16 * 1024, 5]);
        expect(tail.lines()).toEqual([`${"x".repeat(399)}…`, "after"]);
    });

    it("does not remember what it is told to forget", () => {
        const tail = new LogTail((line) => (line.includes("secret") ? undefined : line));
        tail.push(bytes("a secret\nno news\n"));
        expect(tail.lines()).toEqual(["no news"]);
    });

    it("holds only printable lines of bounded length, whatever the log is", () => {
        fc.assert(
            fc.property(
                fc.array(fc.uint8Array({ maxLength: 2000 }), { maxLength: 10 }),
                (chunks) => {
                    const lines = tailOf(...chunks);
                    expect(lines.length).toBeLessThanOrEqual(40);
                    lines.forEach((line) => {
                        expect(line.length).toBeLessThanOrEqual(400);
                        expect(line).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}]/u);
                    });
                },
            ),
        );
    });
});
