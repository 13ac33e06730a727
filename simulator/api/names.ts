import { createHash } from "node:crypto";

// What generated names end with (Kubernetes: apimachinery, pkg/util/rand): no vowels, nor what looks like one.
const LETTERS = "bcdfghjklmnpqrstvwxz2456789";
const LENGTH = 5;
/** How long a name may be that gets such an end (apiserver, pkg/storage/names). */
const LONGEST_BASE = 63 - LENGTH;

/** Gives uids and ends of names: other ones each time, and the same ones in each run with the same seed. */
export class Names {
    private count = 0;

    constructor(private readonly seed: string) {}

    /** A uid, in the form of a random UUID. */
    uid(): string {
        const hex = this.next().toString("hex");
        const variant = ((Number.parseInt(hex.slice(16, 17), 16) & 3) | 8).toString(16);
        return [
            hex.slice(0, 8),
            hex.slice(8, 12),
            `4${hex.slice(13, 16)}`,
            `${variant}${hex.slice(17, 20)}`,
            hex.slice(20, 32),
        ].join("-");
    }

    /** A name that begins so. */
    generated(base: string): string {
        const bytes = [...this.next().subarray(0, LENGTH)];
        const end = bytes.map((byte) => LETTERS[byte % LETTERS.length] ?? "").join("");
        return `${base.slice(0, LONGEST_BASE)}${end}`;
    }

    private next(): Buffer {
        this.count += 1;
        return createHash("sha256").update(`${this.seed}/${this.count}`).digest();
    }
}
