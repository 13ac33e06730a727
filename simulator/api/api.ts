import { isSelected } from "./selector";
import type { ApiObject } from "./apiObject";
import { isIn, type Store, StoreError, type StoreEvent } from "./store";

/** A request to the API. */
export interface ApiRequest {
    readonly method: string;
    /** Path with its query. */
    readonly path: string;
    readonly body?: unknown;
    readonly signal?: AbortSignal;
}

/** What the API answers: JSON, or a stream of bytes. */
export interface ApiResponse {
    readonly status: number;
    readonly body?: unknown;
    readonly stream?: AsyncIterable<Uint8Array>;
}

/** What is not an object in a collection: a subresource, a review. */
export interface Special {
    readonly method: string;
    readonly path: RegExp;
    readonly answer: (
        match: RegExpExecArray,
        request: ApiRequest,
    ) => Promise<ApiResponse> | ApiResponse;
}

const OBJECT =
    /^(\/(?:api\/v1|apis\/[^/]+\/[^/]+)(?:\/namespaces\/[^/]+)?\/(?!namespaces\/[^/]+\/)[^/]+)(?:\/([^/]+)(\/status)?)?$/;

/**
 * The API of a cluster over one store: `handle` is all of it. Everybody speaks through it, the controllers too.
 */
export class Api {
    private readonly watches = new Set<AbortController>();

    constructor(
        private readonly store: Store,
        private readonly specials: readonly Special[],
        /** What becomes of an object before it is stored. @default nothing */
        private readonly admit: (collection: string, object: ApiObject) => ApiObject = (_, it) =>
            it,
    ) {}

    /** Answers a request. */
    async handle(request: ApiRequest): Promise<ApiResponse> {
        const url = new URL(request.path, "http://api.invalid");
        try {
            for (const { method, path, answer } of this.specials) {
                const match =
                    method === request.method ? path.exec(decodeURIComponent(url.pathname)) : null;
                if (match !== null) {
                    return await answer(match, request);
                }
            }
            const [, collection, name, status] =
                OBJECT.exec(decodeURIComponent(url.pathname)) ?? [];
            if (collection === undefined) {
                throw new StoreError(
                    404,
                    "NotFound",
                    "the server could not find the requested resource",
                );
            }
            return this.object(
                status === undefined ? request : ofStatus(request),
                url,
                collection,
                name,
            );
        } catch (error) {
            return failure(error);
        }
    }

    /** Ends every watch, as a server that is restarted does. */
    cutWatches(): void {
        for (const watch of this.watches) {
            watch.abort();
        }
    }

    private object(
        { method, body, signal }: ApiRequest,
        url: URL,
        collection: string,
        name: string | undefined,
    ): ApiResponse {
        const { store } = this;
        if (name === undefined) {
            switch (method) {
                case "GET":
                    return url.searchParams.get("watch") === "true"
                        ? { status: 200, stream: this.watch(collection, url.searchParams, signal) }
                        : {
                              status: 200,
                              body: {
                                  kind: "List",
                                  apiVersion: "v1",
                                  metadata: { resourceVersion: String(store.currentVersion) },
                                  items: store
                                      .list(collection)
                                      .filter((it) => isSelected(it, url.searchParams)),
                              },
                          };
                case "POST":
                    return {
                        status: 201,
                        body: store.create(
                            collection,
                            this.admit(collection, withStatus(body as ApiObject)),
                        ),
                    };
                default:
                    throw new StoreError(405, "MethodNotAllowed", `${method} is not allowed here`);
            }
        }
        switch (method) {
            case "GET":
                return { status: 200, body: store.need(collection, name) };
            case "PATCH":
                return {
                    status: 200,
                    body: store.update(collection, name, (it) => merged(it, body) as ApiObject),
                };
            case "PUT":
                return {
                    status: 200,
                    body: store.update(collection, name, (it) => replaced(it, body as ApiObject)),
                };
            case "DELETE":
                store.delete(collection, name, body ?? {});
                return { status: 200, body: { kind: "Status", status: "Success" } };
            default:
                throw new StoreError(405, "MethodNotAllowed", `${method} is not allowed here`);
        }
    }

    /** The changes of a collection from a version on, or all that there is and then the changes. */
    private async *watch(
        collection: string,
        query: URLSearchParams,
        signal: AbortSignal | undefined,
    ): AsyncGenerator<Uint8Array> {
        const cut = new AbortController();
        this.watches.add(cut);
        const seconds = Number(query.get("timeoutSeconds") ?? "300");
        const ended = AbortSignal.any([
            cut.signal,
            AbortSignal.timeout(seconds * 1000),
            ...(signal === undefined ? [] : [signal]),
        ]);
        const queue: StoreEvent[] = [];
        let wake: () => void = () => undefined;
        const stop = this.store.listen((event) => {
            if (isIn(event.collection, collection)) {
                queue.push(event);
                wake();
            }
        });
        const end = () => {
            wake();
        };
        ended.addEventListener("abort", end, { once: true });
        try {
            const version = query.get("resourceVersion");
            yield* lines(
                query,
                version === null
                    ? this.present(collection)
                    : this.store.since(collection, Number(version)),
            );
            while (!ended.aborted) {
                yield* lines(query, queue.splice(0));
                await new Promise<void>((resolve) => {
                    wake = resolve;
                    if (queue.length > 0 || ended.aborted) {
                        resolve();
                    }
                });
            }
        } catch (error) {
            yield line({ type: "ERROR", object: failure(error).body });
        } finally {
            stop();
            this.watches.delete(cut);
        }
    }

    private present(collection: string): Pick<StoreEvent, "type" | "object">[] {
        return this.store.list(collection).map((object) => ({ type: "ADDED", object }));
    }
}

/** A change of an object's status alone. */
function ofStatus(request: ApiRequest): ApiRequest {
    const { status } = (request.body ?? {}) as { status?: unknown };
    return request.method === "PATCH" ? { ...request, body: { status } } : request;
}

/** An object that takes the place of what its sender has seen. Throws a StoreError of 409 where it has changed since. */
function replaced(before: ApiObject, after: ApiObject): ApiObject {
    const { resourceVersion = before.metadata.resourceVersion, name } = after.metadata;
    if (resourceVersion !== before.metadata.resourceVersion) {
        const message = `Operation cannot be fulfilled on "${name}": the object has been modified; please apply your changes to the latest version and try again`;
        throw new StoreError(409, "Conflict", message);
    }
    return after;
}

/** What has a specification has a status, if an empty one. */
function withStatus(object: ApiObject): ApiObject {
    return object.spec === undefined ? object : { status: {}, ...object };
}

function* lines(query: URLSearchParams, events: readonly Pick<StoreEvent, "type" | "object">[]) {
    for (const { type, object } of events) {
        if (isSelected(object, query)) {
            yield line({ type, object });
        }
    }
}

function line(value: unknown): Uint8Array {
    return Buffer.from(`${JSON.stringify(value)}\n`);
}

/** A JSON merge patch (RFC 7386). */
export function merged(target: unknown, patch: unknown): unknown {
    if (typeof patch !== "object" || patch === null || Array.isArray(patch)) {
        return patch;
    }
    const result = new Map(
        Object.entries(
            typeof target === "object" && target !== null && !Array.isArray(target) ? target : {},
        ) as [string, unknown][],
    );
    for (const [key, value] of Object.entries(patch)) {
        if (value === null) {
            result.delete(key);
        } else {
            result.set(key, merged(result.get(key), value));
        }
    }
    return Object.fromEntries(result);
}

function failure(error: unknown): ApiResponse {
    const { status, reason, message } =
        error instanceof StoreError
            ? error
            : { status: 500, reason: "InternalError", message: String(error) };
    const body = {
        kind: "Status",
        apiVersion: "v1",
        status: "Failure",
        message,
        reason,
        code: status,
    };
    return { status, body };
}
