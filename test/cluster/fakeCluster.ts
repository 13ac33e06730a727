import { ApiError, describeRequest } from "../../cluster/apiError";
import { reasonOf } from "../../cluster/clock";
import type { Cluster, WatchEvent } from "../../cluster/cluster";

/** An object of the API, as a test writes it. */
export interface TestObject {
    metadata: {
        name: string;
        labels?: Record<string, string>;
        annotations?: Record<string, string>;
        [key: string]: unknown;
    };
    [key: string]: unknown;
}

type Handler = (path: string, body: unknown) => unknown;

/** A log or a watch: values that a test adds while somebody reads. */
export class Stream<T> {
    private readonly values: T[] = [];
    private ended: Error | true | undefined;
    private wake: () => void = () => undefined;

    push(...values: T[]): void {
        this.values.push(...values);
        this.wake();
    }

    end(error?: Error): void {
        this.ended = error ?? true;
        this.wake();
    }

    async *read(signal: AbortSignal): AsyncGenerator<T> {
        for (let next = 0; ; next++) {
            while (next >= this.values.length) {
                if (this.ended === true) {
                    return;
                }
                if (this.ended !== undefined) {
                    throw this.ended;
                }
                await new Promise<void>((resolve, reject) => {
                    this.wake = () => {
                        signal.removeEventListener("abort", abort);
                        resolve();
                    };
                    const abort = () => {
                        reject(reasonOf(signal));
                    };
                    signal.addEventListener("abort", abort, { once: true });
                    if (signal.aborted) {
                        abort();
                    }
                });
            }
            yield this.values[next] as T;
        }
    }
}

/** A cluster in memory: collections of objects, lists, watches, logs, and a record of requests. */
export class FakeCluster implements Cluster {
    /** Every request, like `POST /apis/…`, in order. */
    readonly requests: string[] = [];
    readonly bodies: unknown[] = [];
    private readonly objects = new Map<string, Map<string, TestObject>>();
    private readonly watches = new Set<{ path: string; stream: Stream<WatchEvent> }>();
    private readonly logs = new Map<string, Stream<Uint8Array>>();
    private readonly handlers: { method: string; path: RegExp; handler: Handler }[] = [];
    private version = 0;

    /** Answers such requests by a function; the newest rule that matches counts. */
    on(method: string, path: RegExp, handler: Handler): void {
        this.handlers.unshift({ method, path, handler });
    }

    /** Creates or replaces an object, and tells those who watch. */
    set(collection: string, object: TestObject): void {
        const all = this.collection(collection);
        const type = all.has(object.metadata.name) ? "MODIFIED" : "ADDED";
        const resourceVersion = `${++this.version}`;
        const stored = { ...object, metadata: { ...object.metadata, resourceVersion } };
        all.set(object.metadata.name, stored);
        this.emit(collection, type, stored);
    }

    /** Deletes an object, and tells those who watch. */
    remove(collection: string, name: string): void {
        const object = this.collection(collection).get(name);
        this.collection(collection).delete(name);
        if (object !== undefined) {
            this.emit(collection, "DELETED", object);
        }
    }

    /** The log behind a path without its query. */
    log(path: string): Stream<Uint8Array> {
        const stream = this.logs.get(path) ?? new Stream<Uint8Array>();
        this.logs.set(path, stream);
        return stream;
    }

    /** Ends every open watch, by an error if there is one. */
    endWatches(error?: Error): void {
        this.watches.forEach(({ stream }) => {
            stream.end(error);
        });
        this.watches.clear();
    }

    /** How many requests begin like this. */
    count(start: string): number {
        return this.requests.filter((request) => request.startsWith(start)).length;
    }

    get openWatches(): number {
        return this.watches.size;
    }

    get(path: string, signal: AbortSignal): Promise<unknown> {
        return this.answer("GET", path, undefined, signal, () => this.read(path));
    }

    post(path: string, body: unknown, signal: AbortSignal): Promise<unknown> {
        return this.answer("POST", path, body, signal, () => missing("POST", path));
    }

    patch(path: string, body: unknown, signal: AbortSignal): Promise<unknown> {
        return this.answer("PATCH", path, body, signal, () => this.merge(path, body));
    }

    async *watch(path: string, signal: AbortSignal): AsyncGenerator<WatchEvent> {
        this.requests.push(`WATCH ${path}`);
        const handled = this.handle("WATCH", path, undefined);
        const watch = { path, stream: new Stream<WatchEvent>() };
        if (handled !== undefined) {
            watch.stream.push(...(handled.value as WatchEvent[]));
            watch.stream.end();
        }
        this.watches.add(watch);
        try {
            yield* watch.stream.read(signal);
        } finally {
            this.watches.delete(watch);
        }
    }

    async *streamLog(path: string, signal: AbortSignal): AsyncGenerator<Uint8Array> {
        this.requests.push(`LOG ${path}`);
        this.handle("LOG", path, undefined);
        yield* this.log(path.split("?")[0] ?? "").read(signal);
    }

    private async answer(
        method: string,
        path: string,
        body: unknown,
        signal: AbortSignal,
        otherwise: () => unknown,
    ): Promise<unknown> {
        await Promise.resolve();
        signal.throwIfAborted();
        this.requests.push(`${method} ${path}`);
        if (body !== undefined) {
            this.bodies.push(body);
        }
        const handled = this.handle(method, path, body);
        // A copy, as from a wire.
        return structuredClone(handled === undefined ? otherwise() : handled.value);
    }

    private handle(method: string, path: string, body: unknown): { value: unknown } | undefined {
        const rule = this.handlers.find((r) => r.method === method && r.path.test(path));
        return rule === undefined ? undefined : { value: rule.handler(path, body) };
    }

    private read(path: string): unknown {
        const [plain = "", query] = path.split("?");
        const cut = plain.lastIndexOf("/");
        const object = this.objects.get(plain.slice(0, cut))?.get(plain.slice(cut + 1));
        if (object !== undefined) {
            return object;
        }
        if (!isCollection(plain)) {
            return missing("GET", path);
        }
        const items = [...this.collection(plain).values()].filter((item) =>
            selects(query ?? "", item),
        );
        return { metadata: { resourceVersion: `${this.version}` }, items };
    }

    private merge(path: string, body: unknown): unknown {
        const cut = path.lastIndexOf("/");
        const collection = path.slice(0, cut);
        const before = this.collection(collection).get(path.slice(cut + 1));
        if (before === undefined) {
            return missing("PATCH", path);
        }
        const after = merged(before, body) as TestObject;
        this.set(collection, after);
        return after;
    }

    private collection(path: string): Map<string, TestObject> {
        const found = this.objects.get(path) ?? new Map<string, TestObject>();
        this.objects.set(path, found);
        return found;
    }

    private emit(collection: string, type: string, object: TestObject): void {
        for (const { path, stream } of this.watches) {
            const [plain, query] = path.split("?");
            if (plain === collection && selects(query ?? "", object)) {
                stream.push({ type, object: structuredClone(object) });
            }
        }
    }
}

/** The refusal of a missing object. */
export function missing(method: string, path: string): never {
    throw new ApiError(404, "NotFound", "not found", describeRequest(method, path));
}

function isCollection(path: string): boolean {
    return /\/(builds|pods|jobs|events|rolebindings|nodes|deployments|replicasets)$/.test(path);
}

function selects(query: string, object: TestObject): boolean {
    const parameters = new URLSearchParams(query);
    const labels = (parameters.get("labelSelector") ?? "").split(",").filter((part) => part !== "");
    const fields = (parameters.get("fieldSelector") ?? "").split(",").filter((part) => part !== "");
    const involved = object["involvedObject"] as Record<string, string> | undefined;
    const matches = (part: string, look: (key: string) => string | undefined) => {
        const [key = "", value] = part.split("=");
        return look(key) === value;
    };
    return (
        labels.every((part) => matches(part, (key) => object.metadata.labels?.[key])) &&
        fields.every((part) =>
            matches(part, (key) =>
                key === "metadata.name"
                    ? object.metadata.name
                    : involved?.[key.replace("involvedObject.", "")],
            ),
        )
    );
}

function merged(before: unknown, patch: unknown): unknown {
    if (!isRecord(before) || !isRecord(patch)) {
        return patch;
    }
    const result: Record<string, unknown> = { ...before };
    for (const [key, value] of Object.entries(patch)) {
        result[key] = merged(before[key], value);
    }
    return result;
}

function isRecord(value: unknown): value is Record<string, unknown> {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}
