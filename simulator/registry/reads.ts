import type { StoredRepository } from "./repository";
import { answer, refusal, type RegistryRequest, type RegistryResponse } from "./types";

const LIST = "application/vnd.oci.image.index.v1+json";

/** A request, and the repository that it is about. */
export interface Place {
    readonly name: string;
    readonly repository: StoredRepository;
    readonly rest: string;
    readonly url: URL;
    readonly request: RegistryRequest;
}

/** A blob, or a part of it; or its removal. */
export function blobs({ repository, rest, request }: Place): RegistryResponse {
    const found = repository.blobs.get(rest);
    if (found === undefined) {
        return refusal(404, "BLOB_UNKNOWN", "blob unknown to registry");
    }
    if (request.method === "DELETE") {
        repository.blobs.delete(rest);
        return empty(202, {});
    }
    const [, from, to] = /^bytes=(\d+)-(\d*)$/.exec(request.headers["range"] ?? "") ?? [];
    if (from === undefined) {
        return content(request, found, "application/octet-stream", rest);
    }
    const end =
        to === "" || to === undefined ? found.length - 1 : Math.min(Number(to), found.length - 1);
    if (Number(from) > end) {
        return refusal(416, "BLOB_UPLOAD_INVALID", "range not satisfiable");
    }
    const part = found.subarray(Number(from), end + 1);
    const answered = content(request, part, "application/octet-stream", rest);
    const range = `bytes ${from}-${end}/${found.length}`;
    return { ...answered, status: 206, headers: { ...answered.headers, "content-range": range } };
}

/** The tags of a repository, some at a time. */
export function tags({ name, repository, url }: Place): RegistryResponse {
    const last = url.searchParams.get("last") ?? "";
    const all = [...repository.tags.keys()].sort().filter((tag) => tag > last);
    const limit = url.searchParams.get("n");
    const shown = limit === null ? all : all.slice(0, Number(limit));
    const more = shown.length < all.length && shown.length > 0;
    const next = `</v2/${name}/tags/list?n=${limit ?? ""}&last=${shown.at(-1) ?? ""}>; rel="next"`;
    return answer(200, { name, tags: shown }, more ? { link: next } : {});
}

/** What refers to a manifest. */
export function referrers({ repository, rest, url }: Place): RegistryResponse {
    const type = url.searchParams.get("artifactType");
    const all = repository.referrers(rest);
    const manifests = type === null ? all : all.filter((it) => it.artifactType === type);
    return answer(
        200,
        { schemaVersion: 2, mediaType: LIST, manifests },
        { "content-type": LIST, ...(type !== null && { "oci-filters-applied": "artifactType" }) },
    );
}

/** Bytes with their digest. */
export function content(
    { method }: RegistryRequest,
    bytes: Buffer,
    type: string,
    digest: string,
): RegistryResponse {
    return {
        status: 200,
        headers: {
            "content-type": type,
            "content-length": String(bytes.length),
            "docker-content-digest": digest,
        },
        body: method === "HEAD" ? Buffer.alloc(0) : bytes,
    };
}

/** What was taken, and where it is now. */
export function created(name: string, kind: string, digest: string): RegistryResponse {
    return empty(201, {
        location: `/v2/${name}/${kind}/${digest}`,
        "docker-content-digest": digest,
    });
}

/** An answer without a body. */
export function empty(status: number, headers: Readonly<Record<string, string>>): RegistryResponse {
    return { status, headers, body: Buffer.alloc(0) };
}
