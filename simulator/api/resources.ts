import type { SimClock } from "../clock";
import type { DeleteOptions } from "./deletion";
import { asJson, asObjects, asText, at } from "./json";
import { apiVersionOf } from "./kinds";
import { list } from "./listing";
import type { Objects, Write } from "./objects";
import { merged, patchedBySteps, strategicallyMerged } from "./patch";
import { deletionAnswer } from "./podActions";
import { isWatch, type RequestPath } from "./requestPath";
import { selectionOf } from "./selector";
import { badRequest, noSuchResource, notAllowed, StatusError } from "./statusError";
import type { Store } from "./store";
import { tableOf, wantsTable } from "./tables";
import type { ApiRequest, ApiResponse } from "./types";
import { watch, type WatchLine } from "./watching";

/** Answers for stored objects: what every kind of the API can do. */
export class Resources {
    constructor(
        private readonly store: Store,
        private readonly objects: Objects,
        private readonly clock: SimClock,
    ) {}

    /** Answers a request for objects of a kind. Throws a StatusError where the API refuses it. */
    handle(request: ApiRequest, path: RequestPath, write: Write): ApiResponse {
        const { method, body } = request;
        const { kind } = write;
        if (kind.namespaced && path.namespace === undefined && path.name !== undefined) {
            throw noSuchResource();
        }
        if (path.subresource !== undefined && !(path.subresource === "status" && kind.status)) {
            throw noSuchResource();
        }
        if (path.name === undefined) {
            switch (method) {
                case "GET":
                    return isWatch(path.query)
                        ? this.watch(request, path, write)
                        : this.list(request, path, write);
                case "POST":
                    if (kind.namespaced && path.namespace === undefined) {
                        throw badRequest("namespace is required to create objects of this kind");
                    }
                    return { status: 201, body: this.objects.create(write, body) };
                case "DELETE":
                    return this.deleteCollection(request, path, write);
                default:
                    throw notAllowed();
            }
        }
        switch (method) {
            case "GET":
                return isWatch(path.query)
                    ? this.watch(request, path, write)
                    : this.get(request, write);
            case "PUT":
                return { status: 200, body: this.objects.update(write, () => body) };
            case "PATCH":
                return this.patch(request, path, write);
            case "DELETE": {
                const options = deleteOptions(path.query, body);
                const dryRun = write.dryRun || (options.dryRun ?? []).includes("All");
                const deleted = this.objects.delete({ ...write, dryRun }, options);
                return deletionAnswer(write, deleted, options);
            }
            default:
                throw notAllowed();
        }
    }

    private get({ headers }: ApiRequest, { kind, namespace, name }: Write): ApiResponse {
        const object = this.objects.need(kind, namespace, name);
        const { resourceVersion } = object.metadata;
        const body = wantsTable(headers?.["accept"])
            ? tableOf(kind, [object], { resourceVersion }, this.clock.now())
            : object;
        return { status: 200, body };
    }

    private list({ headers }: ApiRequest, path: RequestPath, { kind }: Write): ApiResponse {
        const found = list(this.store, kind, path);
        const body = wantsTable(headers?.["accept"])
            ? tableOf(kind, asObjects(found["items"]), found["metadata"], this.clock.now())
            : found;
        return { status: 200, body };
    }

    private watch(request: ApiRequest, path: RequestPath, { kind }: Write): ApiResponse {
        const { store, clock } = this;
        const signal = request.signal ?? new AbortController().signal;
        const lines = watch({ store, clock, kind, request: path, signal });
        const inTable = wantsTable(request.headers?.["accept"]);
        const shown = ({ type, object }: WatchLine): WatchLine => ({
            type,
            object:
                inTable && type !== "ERROR"
                    ? tableOf(
                          kind,
                          [asJson(object)],
                          { resourceVersion: at(object, "metadata", "resourceVersion") },
                          clock.now(),
                      )
                    : object,
        });
        return { status: 200, stream: encoded(lines, shown) };
    }

    private patch(request: ApiRequest, path: RequestPath, write: Write): ApiResponse {
        const { body, headers } = request;
        const [type = ""] = (headers?.["content-type"] ?? MERGE).split(";");
        const change = (by: (object: unknown) => unknown): ApiResponse => ({
            status: 200,
            body: this.objects.update(write, by),
        });
        switch (type.trim()) {
            case MERGE:
            case "application/json":
                return change((object) => merged(object, body));
            case "application/strategic-merge-patch+json":
                return change((object) => strategicallyMerged(object, body));
            case "application/json-patch+json":
                return change((object) => patchedBySteps(write.kind, object, body));
            case "application/apply-patch+yaml":
            case "application/apply-patch+json": {
                const force = path.query.get("force") === "true";
                const manager = path.query.get("fieldManager") ?? "";
                const applying = { ...write, isApply: true, manager };
                const { object, isNew } = this.objects.apply(applying, force, body);
                return { status: isNew ? 201 : 200, body: object };
            }
            default:
                throw new StatusError(
                    415,
                    "UnsupportedMediaType",
                    `the body of the request was in an unknown format - accepted media types include: application/json-patch+json, ${MERGE}, application/strategic-merge-patch+json, application/apply-patch+yaml`,
                );
        }
    }

    private deleteCollection({ body }: ApiRequest, path: RequestPath, write: Write): ApiResponse {
        const { kind, namespace } = write;
        const options = deleteOptions(path.query, body);
        const selected = selectionOf(kind, path.query);
        const items = this.store
            .list(kind, namespace)
            .filter(selected)
            .map((object) => {
                const { name, namespace: own } = object.metadata;
                return this.objects.delete({ ...write, namespace: own, name }, options).object;
            });
        const metadata = { resourceVersion: String(this.store.currentVersion) };
        return {
            status: 200,
            body: {
                kind: `${kind.kind}List`,
                apiVersion: apiVersionOf(kind),
                metadata,
                items,
            },
        };
    }
}

const MERGE = "application/merge-patch+json";

function deleteOptions(query: URLSearchParams, body: unknown): DeleteOptions {
    const seconds = query.get("gracePeriodSeconds");
    const policy = asText(query.get("propagationPolicy"));
    return {
        ...(seconds !== null && { gracePeriodSeconds: Number(seconds) }),
        ...(policy !== undefined && { propagationPolicy: policy }),
        ...(asJson(body) as DeleteOptions),
    };
}

async function* encoded(
    lines: AsyncIterable<WatchLine>,
    shown: (line: WatchLine) => WatchLine,
): AsyncGenerator<Uint8Array> {
    for await (const line of lines) {
        yield Buffer.from(`${JSON.stringify(shown(line))}\n`);
    }
}
