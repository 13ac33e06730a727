import { createHash } from "node:crypto";

import type { GitRevision } from "../../checks/source/commit";

/**
 * Values that stand for what nobody knows before the update: of the right shape, so that the program takes them, and
 * each with the words that are printed in its place.
 */
export class StandIns {
    private readonly words = new Map<string, string>();
    private readonly commits = new Map<string, string>();
    private readonly producers = new Map<string, string>();

    /** What to print for each value. */
    get labels(): ReadonlyMap<string, string> {
        return this.words;
    }

    /** As `CommitResolver.resolve`, without asking a Git server: the first unknown commit is forty zeros. */
    resolve({ url, ref, commit }: GitRevision): Promise<string> {
        if (commit !== undefined) {
            return Promise.resolve(commit);
        }
        const revision = JSON.stringify([url, ref]);
        const value = this.commits.get(revision) ?? String(this.commits.size).padStart(40, "0");
        if (!this.commits.has(revision)) {
            const short = `<commit of ${ref}>`;
            const taken = [...this.words.values()].includes(short);
            this.words.set(value, taken ? `<commit of ${ref} of ${url}>` : short);
            this.commits.set(revision, value);
        }
        return Promise.resolve(value);
    }

    /** A digest that a Command prints, by the Command's URN. */
    digest(words: string, producer?: string): string {
        const value = `sha256:${createHash("sha256").update(words).digest("hex")}`;
        this.words.set(value, `<${words}>`);
        if (producer !== undefined) {
            this.producers.set(value, producer);
        }
        return value;
    }

    /** URNs of the Commands whose digests are in a text. */
    producersIn(text: string): string[] {
        return [...this.producers].flatMap(([value, urn]) => (text.includes(value) ? [urn] : []));
    }
}
