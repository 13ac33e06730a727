import { LineSplitter } from "./lineSplitter";
import { printable } from "../../cluster/printable";

const KEPT_LINES = 40;
const KEPT_CHARACTERS = 400;
const LINE_BYTES = 16 * 1024;

/** Reads a log of any size and any content; remembers its last lines in printable form. */
export class LogTail {
    private readonly splitter = new LineSplitter(LINE_BYTES);
    private readonly kept: string[] = [];

    /**
     * `onLine` gets each line, raw, cut to 16 KiB, and returns what of it is to be remembered;
     * undefined for nothing.
     */
    constructor(private readonly onLine: (line: string) => string | undefined) {}

    /** Takes the next bytes. */
    push(bytes: Uint8Array): void {
        this.splitter.push(bytes).forEach(this.keep);
    }

    /** Call when no more bytes can come: the last line may lack its line feed. */
    end(): void {
        this.splitter.end().forEach(this.keep);
    }

    /** The last 40 lines, each at most 400 characters. */
    lines(): string[] {
        return [...this.kept];
    }

    private readonly keep = (line: string) => {
        const text = printable(this.onLine(line) ?? "", KEPT_CHARACTERS);
        if (text !== "") {
            this.kept.push(text);
        }
        if (this.kept.length > KEPT_LINES) {
            this.kept.shift();
        }
    };
}
