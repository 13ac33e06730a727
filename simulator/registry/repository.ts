import { createHash, randomUUID } from "node:crypto";

/** A manifest as it was pushed. */
export interface StoredManifest {
    readonly mediaType: string;
    readonly bytes: Buffer;
    /** Milliseconds when it was pushed last. */
    readonly pushed: number;
}

/** A descriptor inside a manifest. */
export interface Descriptor {
    readonly mediaType?: string;
    readonly digest: string;
    readonly size?: number;
    readonly artifactType?: string;
    readonly annotations?: Readonly<Record<string, string>>;
}

interface ManifestContent {
    readonly config?: Descriptor;
    readonly layers?: readonly Descriptor[];
    readonly manifests?: readonly Descriptor[];
    readonly subject?: Descriptor;
    readonly artifactType?: string;
    readonly annotations?: Readonly<Record<string, string>>;
}

/** The digest of bytes, by sha256 unless another digest's algorithm is asked for: both that the OCI image spec registers. */
export function digestOf(bytes: Buffer, like = "sha256"): string {
    const algorithm = like.startsWith("sha512") ? "sha512" : "sha256";
    return `${algorithm}:${createHash(algorithm).update(bytes).digest("hex")}`;
}

/** Layers of these types stay where they were made: the OCI image spec's, and Docker's foreign ones. */
const ELSEWHERE = /\.nondistributable\.|\.foreign\./;

/** What one repository holds. */
export class StoredRepository {
    readonly blobs = new Map<string, Buffer>();
    readonly manifests = new Map<string, StoredManifest>();
    readonly tags = new Map<string, string>();
    private readonly uploads = new Map<string, Buffer[]>();

    /** Begins an upload; returns its name. */
    begin(): string {
        const id = randomUUID();
        this.uploads.set(id, []);
        return id;
    }

    /** Adds to an upload; returns its length, or undefined where there is no such upload. */
    append(id: string, chunk: Buffer): number | undefined {
        const parts = this.uploads.get(id);
        if (parts === undefined) {
            return undefined;
        }
        parts.push(chunk);
        return parts.reduce((sum, part) => sum + part.length, 0);
    }

    /** Bytes of an upload up to now; undefined where there is none. */
    lengthOf(id: string): number | undefined {
        return this.append(id, Buffer.alloc(0));
    }

    /** Ends an upload: its bytes become a blob if they have the digest. */
    finish(id: string, digest: string): boolean {
        const bytes = Buffer.concat(this.uploads.get(id) ?? []);
        this.uploads.delete(id);
        if (digestOf(bytes, digest) !== digest) {
            return false;
        }
        this.blobs.set(digest, bytes);
        return true;
    }

    /** Gives an upload up; false where there is none. */
    cancel(id: string): boolean {
        return this.uploads.delete(id);
    }

    /** The digest that a tag names; a digest is its own. */
    named(reference: string): string {
        return this.tags.get(reference) ?? reference;
    }

    /** The manifest that a tag or a digest names. */
    manifest(reference: string): StoredManifest | undefined {
        return this.manifests.get(this.named(reference));
    }

    /** Blobs and manifests that a manifest needs and that are not here. */
    missing(content: ManifestContent): string[] {
        const blobs = [content.config, ...(content.layers ?? [])].filter(
            (it) => it !== undefined && !ELSEWHERE.test(it.mediaType ?? ""),
        ) as Descriptor[];
        return [
            ...blobs.map(({ digest }) => digest).filter((digest) => !this.blobs.has(digest)),
            ...(content.manifests ?? [])
                .map(({ digest }) => digest)
                .filter((digest) => !this.manifests.has(digest)),
        ];
    }

    /** Manifests that name another one as their subject. */
    referrers(digest: string): Descriptor[] {
        return [...this.manifests].flatMap(([own, { bytes, mediaType }]) => {
            const content = contentOf(bytes);
            if (content?.subject?.digest !== digest) {
                return [];
            }
            const artifactType = content.artifactType ?? content.config?.mediaType;
            return [
                {
                    mediaType,
                    digest: own,
                    size: bytes.length,
                    ...(artifactType !== undefined && { artifactType }),
                    ...(content.annotations !== undefined && { annotations: content.annotations }),
                },
            ];
        });
    }

    /**
     * Removes what no tag holds and was pushed before a moment, and the blobs that nothing names then: quay.io does so after an hour.
     */
    collect(before: number): void {
        const kept = new Set<string>();
        const keep = (digest: string) => {
            const found = this.manifests.get(digest);
            if (found === undefined || kept.has(digest)) {
                return;
            }
            kept.add(digest);
            for (const child of contentOf(found.bytes)?.manifests ?? []) {
                keep(child.digest);
            }
        };
        [...this.tags.values()].forEach(keep);
        for (const [digest, { pushed }] of this.manifests) {
            if (pushed >= before) {
                keep(digest);
            }
        }
        for (const digest of this.manifests.keys()) {
            if (!kept.has(digest)) {
                this.manifests.delete(digest);
            }
        }
        const named = new Set(
            [...this.manifests.values()].flatMap(({ bytes }) => {
                const { config, layers = [] } = contentOf(bytes) ?? {};
                return [config, ...layers].flatMap((it) => it?.digest ?? []);
            }),
        );
        for (const digest of this.blobs.keys()) {
            if (!named.has(digest)) {
                this.blobs.delete(digest);
            }
        }
    }
}

/** A manifest's content; undefined where it is not JSON. */
export function contentOf(bytes: Buffer): ManifestContent | undefined {
    try {
        return JSON.parse(bytes.toString("utf8")) as ManifestContent;
    } catch {
        return undefined;
    }
}
