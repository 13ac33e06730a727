import { blobs, content, created, empty, type Place, referrers, tags } from "./reads";
import { contentOf, digestOf, StoredRepository } from "./repository";
import {
    type Account,
    answer,
    refusal,
    type RegistryOptions,
    type RegistryRequest,
    type RegistryResponse,
} from "./types";

const LIST = "application/vnd.oci.image.index.v1+json";
const NAME = /^[a-z0-9]+(?:[._-]+[a-z0-9]+)*(?:\/[a-z0-9]+(?:[._-]+[a-z0-9]+)*)*$/;
const DIGEST = /^(?:sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})$/;
const TAG = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/;
/** Largest manifest, as the spec lets a registry choose (4 MiB at least). */
const LARGEST = 4 * 1024 * 1024;

/** A fault: what is answered in a registry's place; undefined where it answers itself. */
export type Fault = (request: RegistryRequest) => RegistryResponse | undefined;

/**
 * A registry after the OCI distribution spec 1.1 in memory: what it takes has the digest that it is called, and what it holds is
 * whole. `handle` is all of it; {@link serveRegistry} puts it behind a port.
 */
export class Registry {
    readonly repositories = new Map<string, StoredRepository>();
    private readonly faults: Fault[] = [];

    constructor(private readonly options: RegistryOptions) {}

    /** Answers in the registry's place until the returned function is called. */
    intercept(fault: Fault): () => void {
        this.faults.push(fault);
        return () => {
            this.faults.splice(this.faults.indexOf(fault), 1);
        };
    }

    /** The repository of a name, made if it is not there. */
    repository(name: string): StoredRepository {
        const found = this.repositories.get(name) ?? new StoredRepository();
        this.repositories.set(name, found);
        return found;
    }

    /** Answers a request. */
    handle(request: RegistryRequest): RegistryResponse {
        const fault = this.faults.map((it) => it(request)).find((it) => it !== undefined);
        if (fault !== undefined) {
            return fault;
        }
        const url = new URL(request.path, "http://registry.invalid");
        const refused = this.refuse(request);
        if (refused !== undefined) {
            return refused;
        }
        if (/^\/v2\/?$/.test(url.pathname)) {
            return answer(200, {});
        }
        const [, name = "", kind = "", rest = ""] =
            /^\/v2\/(.+?)\/(blobs|manifests|tags|referrers)\/(.*)$/.exec(
                decodeURIComponent(url.pathname),
            ) ?? [];
        if (!NAME.test(name)) {
            return refusal(404, "NAME_INVALID", "invalid repository name");
        }
        const reads = request.method === "GET" || request.method === "HEAD";
        // What refers to a manifest that is not there is an empty list, as the spec says.
        if (reads && kind !== "referrers" && !this.repositories.has(name)) {
            return refusal(404, "NAME_UNKNOWN", "repository name not known to registry");
        }
        const at: Place = { name, repository: this.repository(name), rest, url, request };
        switch (kind) {
            case "manifests":
                return this.manifests(at);
            case "tags":
                return tags(at);
            case "referrers":
                return referrers(at);
            default:
                return rest.startsWith("uploads/") ? this.uploads(at) : blobs(at);
        }
    }

    /** Why a request is not let in; undefined for one that is. */
    private refuse({ method, headers }: RegistryRequest): RegistryResponse | undefined {
        const { accounts, publicRead = false } = this.options;
        const reads = method === "GET" || method === "HEAD";
        if (
            accounts === undefined ||
            (reads && publicRead && headers["authorization"] === undefined)
        ) {
            return undefined;
        }
        const account = accountOf(headers["authorization"], accounts);
        if (account === undefined) {
            return refusal(401, "UNAUTHORIZED", "authentication required", {
                "www-authenticate": 'Basic realm="registry"',
            });
        }
        return reads || account.mayPush !== false
            ? undefined
            : refusal(403, "DENIED", "requested access to the resource is denied");
    }

    private uploads({ name, repository, rest, url, request }: Place): RegistryResponse {
        const id = rest.slice("uploads/".length);
        const digest = url.searchParams.get("digest") ?? "";
        const place = (upload: string) => ({ location: `/v2/${name}/blobs/uploads/${upload}` });
        const range = (length: number) => ({ range: `0-${Math.max(0, length - 1)}` });
        const size = [...this.repositories.values()]
            .flatMap((it) => [...it.blobs.values()])
            .reduce((sum, blob) => sum + blob.length, 0);
        if (size + request.body.length > (this.options.quota ?? Infinity)) {
            return refusal(403, "DENIED", "quota exceeded");
        }
        if (request.method === "POST") {
            const mount = url.searchParams.get("mount") ?? "";
            const from = this.repositories.get(url.searchParams.get("from") ?? "");
            const mounted = from?.blobs.get(mount);
            if (mounted !== undefined) {
                repository.blobs.set(mount, mounted);
                return created(name, "blobs", mount);
            }
            const upload = repository.begin();
            if (digest === "") {
                return empty(202, { ...place(upload), ...range(0) });
            }
            repository.append(upload, request.body);
            return repository.finish(upload, digest)
                ? created(name, "blobs", digest)
                : refusal(400, "DIGEST_INVALID", "provided digest did not match uploaded content");
        }
        const before = repository.lengthOf(id);
        if (before === undefined) {
            return refusal(404, "BLOB_UPLOAD_UNKNOWN", "blob upload unknown to registry");
        }
        switch (request.method) {
            case "GET":
                return empty(204, { ...place(id), ...range(before) });
            case "DELETE":
                repository.cancel(id);
                return empty(204, {});
            case "PATCH": {
                if (isOutOfOrder(request, before)) {
                    return empty(416, { ...place(id), ...range(before) });
                }
                const length = repository.append(id, request.body) ?? 0;
                return empty(202, { ...place(id), ...range(length) });
            }
            case "PUT":
                if (isOutOfOrder(request, before)) {
                    return empty(416, { ...place(id), ...range(before) });
                }
                repository.append(id, request.body);
                return repository.finish(id, digest)
                    ? created(name, "blobs", digest)
                    : refusal(
                          400,
                          "DIGEST_INVALID",
                          "provided digest did not match uploaded content",
                      );
            default:
                return refusal(405, "UNSUPPORTED", "the operation is unsupported");
        }
    }

    private manifests({ name, repository, rest, request }: Place): RegistryResponse {
        const found = repository.manifest(rest);
        switch (request.method) {
            case "GET":
            case "HEAD": {
                if (found === undefined) {
                    return refusal(404, "MANIFEST_UNKNOWN", "manifest unknown");
                }
                return content(request, found.bytes, found.mediaType, repository.named(rest));
            }
            case "PUT":
                return this.putManifest(name, repository, rest, request);
            case "DELETE":
                if (found === undefined) {
                    return refusal(404, "MANIFEST_UNKNOWN", "manifest unknown");
                }
                if (DIGEST.test(rest)) {
                    repository.manifests.delete(rest);
                    for (const [tag, digest] of repository.tags) {
                        if (digest === rest) {
                            repository.tags.delete(tag);
                        }
                    }
                } else {
                    repository.tags.delete(rest);
                }
                return empty(202, {});
            default:
                return refusal(405, "UNSUPPORTED", "the operation is unsupported");
        }
    }

    private putManifest(
        name: string,
        repository: StoredRepository,
        reference: string,
        { body, headers }: RegistryRequest,
    ): RegistryResponse {
        const digest = digestOf(body, reference);
        const value = contentOf(body);
        if (body.length > LARGEST) {
            return refusal(413, "MANIFEST_INVALID", "manifest too large");
        }
        if (value === undefined) {
            return refusal(400, "MANIFEST_INVALID", "manifest invalid");
        }
        if (DIGEST.test(reference) ? reference !== digest : !TAG.test(reference)) {
            return refusal(400, "DIGEST_INVALID", "provided digest did not match uploaded content");
        }
        const [missing] = repository.missing(value);
        if (missing !== undefined) {
            return refusal(404, "MANIFEST_BLOB_UNKNOWN", `blob unknown to registry: ${missing}`);
        }
        const mediaType = headers["content-type"] ?? LIST;
        repository.manifests.set(digest, { mediaType, bytes: body, pushed: this.options.now() });
        if (reference !== digest) {
            repository.tags.set(reference, digest);
        }
        const subject = value.subject?.digest;
        const made = created(name, "manifests", digest);
        return subject === undefined
            ? made
            : { ...made, headers: { ...made.headers, "oci-subject": subject } };
    }
}

/** Whether a chunk does not begin where the upload ends. */
function isOutOfOrder({ headers }: RegistryRequest, before: number): boolean {
    const [, start] = /^(?:bytes[ =])?(\d+)-/.exec(headers["content-range"] ?? "") ?? [];
    return start !== undefined && Number(start) !== before;
}

function accountOf(
    authorization: string | undefined,
    accounts: Readonly<Record<string, Account>>,
): Account | undefined {
    const [, encoded = ""] = /^basic (.+)$/i.exec(authorization ?? "") ?? [];
    const text = Buffer.from(encoded, "base64").toString();
    const [user, password] = [text.slice(0, text.indexOf(":")), text.slice(text.indexOf(":") + 1)];
    const account = Object.hasOwn(accounts, user) ? accounts[user] : undefined;
    return account?.password === password ? account : undefined;
}
