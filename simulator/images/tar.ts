/** A file, link or folder of an archive. */
export interface Entry {
    /** Path without a leading slash, at most 100 bytes. */
    readonly path: string;
    /** A file's content. */
    readonly content?: Buffer | string;
    /** Where a symbolic link leads. */
    readonly link?: string;
    /** The entry of this archive whose content a hard link shares. */
    readonly hardLink?: string;
    /** Permissions. @default 0o755 for folders and links, 0o644 for files */
    readonly mode?: number;
    /** Owner, and group of the same number. @default 0 */
    readonly owner?: number;
}

const block = 512;

/** The header of an entry whose content is `size` bytes long; times are zero, for equal digests. */
export function header(entry: Entry, size: number): Buffer {
    const kind = kindOf(entry);
    const bytes = Buffer.alloc(block);
    const text = (value: string, offset: number, length: number) => {
        if (Buffer.byteLength(value) > length) {
            throw new Error(
                `${value}: longer than ${length} bytes, which this archive cannot hold`,
            );
        }
        bytes.write(value, offset, length);
    };
    const number = (value: number, offset: number, length: number) => {
        text(value.toString(8).padStart(length - 1, "0"), offset, length);
    };
    text(kind === "5" ? `${entry.path.replace(/\/+$/, "")}/` : entry.path, 0, 100);
    number(entry.mode ?? (kind === "0" ? 0o644 : 0o755), 100, 8);
    number(entry.owner ?? 0, 108, 8);
    number(entry.owner ?? 0, 116, 8);
    number(size, 124, 12);
    number(0, 136, 12);
    bytes.fill(" ", 148, 156);
    text(kind, 156, 1);
    text(entry.link ?? entry.hardLink ?? "", 157, 100);
    text("ustar\u000000", 257, 8);
    const sum = bytes.reduce((total, byte) => total + byte, 0);
    bytes.write(`${sum.toString(8).padStart(6, "0")}\u0000 `, 148, 8);
    return bytes;
}

/** Zeros that fill the last block of a content of that size. */
export function padding(size: number): Buffer {
    return Buffer.alloc((block - (size % block)) % block);
}

/** The two empty blocks that end an archive. */
export const end = Buffer.alloc(2 * block);

/** A whole archive in memory. */
export function tar(entries: readonly Entry[]): Buffer {
    const parts = entries.flatMap((entry) => {
        const content = Buffer.from(entry.content ?? "");
        return [header(entry, content.length), content, padding(content.length)];
    });
    return Buffer.concat([...parts, end]);
}

function kindOf(entry: Entry): "0" | "1" | "2" | "5" {
    if (entry.hardLink !== undefined) {
        return "1";
    }
    if (entry.link !== undefined) {
        return "2";
    }
    return entry.content === undefined ? "5" : "0";
}
