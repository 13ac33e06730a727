import { createHash } from "node:crypto";

import { askRepeatedly, bodyOf, pause, type Wait } from "./answers";
import type { ImageReference } from "../config/imageReference";
import type { Login } from "./login";
import { authorize, limited } from "./registryAuth";
import { reasonOf } from "../config/promotionRefusal";

/** A manifest or a list of them, to the byte: its digest is the hash of these bytes. */
export interface Manifest {
    readonly mediaType: string;
    readonly bytes: Buffer;
}

/** One request to a registry. */
export interface Ask {
    readonly method?: "DELETE" | "GET" | "HEAD" | "POST" | "PUT";
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: Buffer | ReadableStream<Uint8Array>;
    /** Whether the answer may take an hour, as a layer's. @default whether the body is a stream */
    readonly streamed?: boolean;
    /** Statuses that are answers, beside those of success. */
    readonly expect?: readonly number[];
}

const MANIFESTS = [
    "application/vnd.docker.distribution.manifest.list.v2+json",
    "application/vnd.oci.image.index.v1+json",
    "application/vnd.docker.distribution.manifest.v2+json",
    "application/vnd.oci.image.manifest.v1+json",
].join(", ");
const TIMEOUT = 30_000;
/** A layer may take as long as it needs, up to an hour. */
const STREAM_TIMEOUT = 3_600_000;

/** A repository in a registry, over the distribution API: https://distribution.github.io/distribution/spec/api/. */
export class Repository {
    private readonly base: string;
    private authorization: string | undefined;

    constructor(
        readonly image: ImageReference,
        private readonly login: Login | undefined,
        /** Ends every request. @default none, each has its own time limit */
        private readonly signal?: AbortSignal,
        /** How the time between two attempts passes. @default by the machine's clock */
        private readonly wait: Wait = pause,
    ) {
        const host = image.registry === "docker.io" ? "registry-1.docker.io" : image.registry;
        // As docker does: plain HTTP for this machine, and for no other.
        const local = /^(?:localhost|127(?:\.\d+){3})(?::\d+)?$/.test(host);
        this.base = `${local ? "http" : "https"}://${host}/v2/${image.repository}/`;
    }

    /** What a digest or a tag names; undefined when there is none. A digest is checked against the bytes. */
    async manifest(reference: string): Promise<Manifest | undefined> {
        const path = `manifests/${reference}`;
        const response = await this.request(path, {
            headers: { accept: MANIFESTS },
            expect: [404],
        });
        const bytes = await bodyOf(response);
        if (response.status === 404) {
            return undefined;
        }
        this.requireDigest(reference, bytes);
        const mediaType = response.headers.get("content-type")?.split(";")[0]?.trim() ?? "";
        return { mediaType, bytes };
    }

    /** The configuration of an image, or another small blob of JSON. */
    async json(digest: string): Promise<unknown> {
        const response = await this.request(`blobs/${digest}`);
        const bytes = await bodyOf(response);
        this.requireDigest(digest, bytes);
        return JSON.parse(bytes.toString());
    }

    /** The address of a path, or of a location that the registry gave. */
    addressOf(path: string): URL {
        return new URL(path, this.base);
    }

    /**
     * Sends a request, with credentials once the registry asks for them; rejects for statuses not expected. What cannot be
     * sent again, as its body is a stream, is sent once.
     */
    async request(path: string, ask: Ask = {}): Promise<Response> {
        const url = this.addressOf(path);
        const stream = ask.body instanceof ReadableStream;
        const { expect = [] } = ask;
        const how = stream ? { attempts: 1, expect } : { expect };
        const send = () => askRepeatedly(() => this.send(url, ask), this.wait, how);
        let response = await this.answered(url, send);
        // Another origin, to which a registry may point, is never shown an account.
        if (response.status === 401 && this.isOwn(url) && !stream) {
            const challenge = response.headers.get("www-authenticate") ?? "";
            this.authorization = await authorize(
                challenge,
                url,
                this.login,
                this.signal,
                this.wait,
            );
            response = await this.answered(url, send);
        }
        if (response.ok || expect.includes(response.status)) {
            return response;
        }
        throw new Error(
            `${url.host} answered ${response.status} to ${ask.method ?? "GET"} ${url.pathname}`,
        );
    }

    private async answered(url: URL, send: () => Promise<Response>): Promise<Response> {
        try {
            return await send();
        } catch (error) {
            throw new Error(`${url.host} cannot be asked: ${reasonOf(error)}`, { cause: error });
        }
    }

    private async send(url: URL, { method = "GET", headers = {}, ...ask }: Ask): Promise<Response> {
        const { body } = ask;
        const streamed = ask.streamed ?? body instanceof ReadableStream;
        const authorization = this.isOwn(url) ? this.authorization : undefined;
        const init: RequestInit = {
            method,
            headers: { ...headers, ...(authorization !== undefined && { authorization }) },
            signal: limited(streamed ? STREAM_TIMEOUT : TIMEOUT, this.signal),
            ...(body !== undefined && { body, duplex: "half" }),
        };
        return fetch(url, init);
    }

    /** Whether an address is this registry's own. */
    isOwn(url: URL): boolean {
        return url.origin === new URL(this.base).origin;
    }

    private requireDigest(reference: string, bytes: Buffer): void {
        const actual = `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
        if (reference.startsWith("sha256:") && actual !== reference) {
            throw new Error(`${this.image.registry} sent ${actual} for ${reference}`);
        }
    }
}
