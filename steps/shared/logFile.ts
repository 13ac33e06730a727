import { FileHandle, mkdir, open } from "node:fs/promises";
import { dirname } from "node:path";

/** A file that takes a log as it is, byte for byte. */
export class LogFile {
    private broken = false;

    private constructor(
        readonly path: string,
        private readonly handle: FileHandle | undefined,
    ) {}

    /** Creates the file, empty; without it, if it cannot be created: a log file is a convenience. */
    static async create(path: string): Promise<LogFile> {
        try {
            await mkdir(dirname(path), { recursive: true });
            // Logs of builds show what builds print: for the owner only.
            return new LogFile(path, await open(path, "w", 0o600));
        } catch {
            return new LogFile(path, undefined);
        }
    }

    /** The path, if there is a file and all of the log is in it. */
    get writtenTo(): string | undefined {
        return this.handle === undefined || this.broken ? undefined : this.path;
    }

    /** Resolves when the bytes are written: whoever waits for it reads no faster than the disk. */
    async write(bytes: Uint8Array): Promise<void> {
        // A full disk must not end a build.
        await this.handle?.writeFile(bytes).catch(() => {
            this.broken = true;
        });
    }

    async close(): Promise<void> {
        await this.handle?.close().catch(() => undefined);
    }
}
