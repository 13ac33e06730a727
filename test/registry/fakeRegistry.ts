import { createHash } from "node:crypto";
import * as http from "node:http";
import type { AddressInfo } from "node:net";

/** The media types of lists and of images. */
export const LIST = "application/vnd.docker.distribution.manifest.list.v2+json";
export const IMAGE = "application/vnd.docker.distribution.manifest.v2+json";

/** The account that the registry knows. */
export const login = { username: "robot", password: "hunter2" };

export const commit = "c0ffee".padEnd(40, "0");

function digestOf(bytes: Buffer): string {
    return `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
}

/** A registry with a token service, of which every repository holds what was put there. */
export class FakeRegistry {
    readonly requests: string[] = [];
    readonly content = new Map<string, { type: string; bytes: Buffer }>();
    private server: http.Server | undefined;

    constructor(private readonly scheme: "Bearer" | "Basic" | "none" = "Bearer") {}

    async start(): Promise<void> {
        this.server = http.createServer((request, response) => {
            const chunks: Buffer[] = [];
            request.on("data", (chunk: Buffer) => chunks.push(chunk));
            request.on("end", () => {
                this.answer(request, Buffer.concat(chunks), response);
            });
        });
        const { server } = this;
        await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    }

    async stop(): Promise<void> {
        this.server?.closeAllConnections();
        await new Promise((resolve) => this.server?.close(resolve));
    }

    get host(): string {
        return `127.0.0.1:${(this.server?.address() as AddressInfo).port}`;
    }

    /** Puts something in a repository and returns its digest. */
    put(repository: string, value: unknown, type = "application/json"): string {
        const bytes = Buffer.from(JSON.stringify(value));
        const digest = digestOf(bytes);
        this.content.set(`${repository}/${digest}`, { type, bytes });
        return digest;
    }

    /** Puts an image of one platform there. */
    putImage(repository: string, architecture: string, label: string | undefined = commit): string {
        const Labels = label === "" ? null : { "io.openshift.build.commit.id": label };
        const config = this.put(repository, { architecture, config: { Labels } });
        const layer = this.put(repository, { layer: architecture });
        const size = (digest: string) =>
            this.content.get(`${repository}/${digest}`)?.bytes.length ?? 0;
        return this.put(
            repository,
            {
                config: { digest: config, size: size(config) },
                layers: [{ digest: layer, size: size(layer) }],
            },
            IMAGE,
        );
    }

    /** Puts a list of images there. */
    putList(
        repository: string,
        images: Readonly<Record<string, string>>,
        more: readonly object[] = [],
    ): string {
        const manifests = [
            ...Object.entries(images).map(([architecture, digest]) => ({
                digest,
                platform: { os: "linux", architecture },
            })),
            ...more,
        ];
        return this.put(repository, { manifests }, LIST);
    }

    private answer(
        request: http.IncomingMessage,
        body: Buffer,
        response: http.ServerResponse,
    ): void {
        const url = new URL(request.url ?? "", `http://${this.host}`);
        this.requests.push(`${request.method ?? ""} ${url.pathname}`);
        const basic = `Basic ${Buffer.from(`${login.username}:${login.password}`).toString("base64")}`;
        const { authorization } = request.headers;
        if (url.pathname === "/token") {
            response.writeHead(authorization === basic ? 200 : 403);
            response.end(JSON.stringify({ token: `for ${url.searchParams.get("scope") ?? ""}` }));
            return;
        }
        const [, repository = "", kind, name = ""] =
            /^\/v2\/(.+?)\/(manifests|blobs)\/(.*)$/.exec(url.pathname) ?? [];
        const scope = `repository:${repository}:pull,push`;
        const wanted = this.scheme === "Basic" ? basic : `Bearer for ${scope}`;
        if (this.scheme !== "none" && authorization !== wanted) {
            const realm = `realm="http://${this.host}/token",service="fake",scope="${scope}"`;
            response.writeHead(401, { "www-authenticate": `${this.scheme} ${realm}` });
            response.end();
            return;
        }
        if (request.method === "POST") {
            response.writeHead(202, { location: `/v2/${repository}/blobs/uploads/1?state=x` });
            response.end();
        } else if (request.method === "PUT") {
            const digest = url.searchParams.get("digest") ?? digestOf(body);
            const type = request.headers["content-type"] ?? "";
            for (const key of kind === "manifests" ? [digest, name] : [digest]) {
                this.content.set(`${repository}/${key}`, { type, bytes: body });
            }
            response.writeHead(digest === digestOf(body) ? 201 : 400);
            response.end();
        } else {
            const found = this.content.get(`${repository}/${name}`);
            response.writeHead(found ? 200 : 404, found && { "content-type": found.type });
            response.end(request.method === "HEAD" ? undefined : found?.bytes);
        }
    }
}
