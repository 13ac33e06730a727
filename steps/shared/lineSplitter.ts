const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/**
 * Cuts a stream of bytes into lines without ever holding more than `limit` bytes of one.
 * A carriage return starts the line afresh, as on a terminal: of a progress bar only its last
 * state counts. Invalid UTF-8 becomes U+FFFD.
 */
export class LineSplitter {
    private readonly line: Buffer;
    private length = 0;
    private returned = false;

    constructor(limit: number) {
        this.line = Buffer.allocUnsafe(limit);
    }

    /** The lines that these bytes complete. */
    push(bytes: Uint8Array): string[] {
        const lines: string[] = [];
        for (const byte of bytes) {
            if (byte === LINE_FEED) {
                lines.push(this.take());
            } else if (byte === CARRIAGE_RETURN) {
                this.returned = true;
            } else {
                if (this.returned) {
                    this.length = 0;
                    this.returned = false;
                }
                if (this.length < this.line.length) {
                    this.line[this.length++] = byte;
                }
            }
        }
        return lines;
    }

    /** The line that was not ended, if there is one. */
    end(): string[] {
        return this.length === 0 ? [] : [this.take()];
    }

    private take(): string {
        const text = this.line.toString("utf8", 0, this.length);
        this.length = 0;
        this.returned = false;
        return text;
    }
}
