import type { Registry } from "../registry/registry";
import type { RegistryResponse } from "../registry/types";

/** A registry's refusal, in the words of the clients that OpenShift's programs use. */
export class RegistryProblem extends Error {
    constructor(
        readonly status: number,
        message: string,
    ) {
        super(message);
    }
}

/** A registry that is called in this process, with an account. */
export class RegistryClient {
    constructor(
        private readonly registry: Registry,
        private readonly repository: string,
        private readonly authorization: string | undefined,
    ) {}

    /** The manifest that a tag or digest names. Throws a {@link RegistryProblem}. */
    manifest(reference: string): { mediaType: string; digest: string; bytes: Buffer } {
        const { headers, body } = this.ask("GET", `manifests/${reference}`, "reading manifest");
        const mediaType = headers["content-type"] ?? "";
        return { mediaType, digest: headers["docker-content-digest"] ?? reference, bytes: body };
    }

    /** The bytes of a blob. Throws a {@link RegistryProblem}. */
    blob(digest: string): Buffer {
        return this.ask("GET", `blobs/${digest}`, "reading blob").body;
    }

    /** Whether the registry has a blob. */
    has(digest: string): boolean {
        return this.send("HEAD", `blobs/${digest}`).status === 200;
    }

    /** Gives the registry a blob, unless it has it. Throws a {@link RegistryProblem}. */
    pushBlob(digest: string, bytes: Buffer): void {
        if (this.has(digest)) {
            return;
        }
        const { headers } = this.ask("POST", "blobs/uploads/", "initiating blob upload");
        const location = (headers["location"] ?? "").replace(/^\/v2\/.*?\/blobs\//, "blobs/");
        const separator = location.includes("?") ? "&" : "?";
        this.ask(
            "PUT",
            `${location}${separator}digest=${encodeURIComponent(digest)}`,
            "uploading blob",
            bytes,
        );
    }

    /** Gives the registry a manifest under a tag or its digest. Throws a {@link RegistryProblem}. */
    pushManifest(reference: string, mediaType: string, bytes: Buffer): string {
        const { headers } = this.ask(
            "PUT",
            `manifests/${reference}`,
            "uploading manifest",
            bytes,
            mediaType,
        );
        return headers["docker-content-digest"] ?? reference;
    }

    private ask(
        method: string,
        path: string,
        doing: string,
        body?: Buffer,
        type?: string,
    ): RegistryResponse {
        const answer = this.send(method, path, body, type);
        if (answer.status >= 400) {
            throw new RegistryProblem(
                answer.status,
                `${doing} ${path.split("/").at(-1) ?? ""}: ${wordsOf(answer)}`,
            );
        }
        return answer;
    }

    private send(
        method: string,
        path: string,
        body: Buffer = Buffer.alloc(0),
        type?: string,
    ): RegistryResponse {
        return this.registry.handle({
            method,
            path: `/v2/${this.repository}/${path}`,
            headers: {
                ...(this.authorization !== undefined && { authorization: this.authorization }),
                ...(type !== undefined && { "content-type": type }),
                accept: "*/*",
            },
            body,
        });
    }
}

/** The header with which Docker configs let into a registry; undefined where they do not know it. */
export function authorizationFor(configs: readonly string[], host: string): string | undefined {
    for (const text of configs) {
        const { auths = {} } = JSON.parse(text) as {
            auths?: Readonly<
                Record<string, { auth?: string; username?: string; password?: string }>
            >;
        };
        const { auth, username, password } = auths[host] ?? {};
        const own =
            username === undefined
                ? undefined
                : Buffer.from(`${username}:${password ?? ""}`).toString("base64");
        if ((auth ?? own) !== undefined) {
            return `Basic ${auth ?? own ?? ""}`;
        }
    }
    return undefined;
}

function wordsOf({ status, body }: RegistryResponse): string {
    if (status === 401) {
        return "unauthorized: authentication required";
    }
    try {
        const { errors } = JSON.parse(body.toString("utf8")) as {
            errors?: { code?: string; message?: string }[];
        };
        const [first] = errors ?? [];
        return first?.message ?? `received unexpected HTTP status: ${status}`;
    } catch {
        return `received unexpected HTTP status: ${status}`;
    }
}
