import type { SimClock } from "../clock";
import { accountOf } from "./accounts";
import { checkAccess } from "./access";
import { discovery } from "./discovery";
import { imageView } from "./imageViews";
import { knownKind } from "./kinds";
import { ContainerLogs } from "./logs";
import { Names } from "./names";
import { managerOf, Objects, type Write } from "./objects";
import { openApi } from "./openApi";
import { bind, evict } from "./podActions";
import { projects } from "./projects";
import { readPath, type RequestPath, verbOf } from "./requestPath";
import { Resources } from "./resources";
import { review } from "./reviews";
import { failure, noSuchResource } from "./statusError";
import { Store } from "./store";
import type { ApiRequest, ApiResponse, Interceptor, Special, User } from "./types";

/** What an API is made with. */
export interface ApiOptions {
    readonly clock: SimClock;
    /** What uids and generated names come from: the same seed gives the same ones. */
    readonly seed?: string;
    /** Accounts that have a token. @default the administrator alone */
    readonly users?: readonly User[];
}

/** A connection that broke in place of an answer. */
export class ConnectionReset extends Error {
    override readonly name = "ConnectionReset";
}

/** The API of a simulated cluster: `handle` is all of it. Everybody speaks through it, the controllers too. */
export class Api {
    readonly store = new Store();
    readonly logs: ContainerLogs;
    readonly users: readonly User[];
    private readonly objects: Objects;
    private readonly resources: Resources;
    private readonly specials: Special[] = [];
    private readonly interceptors = new Set<Interceptor>();
    private watches = new AbortController();

    constructor({ clock, seed = "", users = [] }: ApiOptions) {
        this.users = users;
        this.logs = new ContainerLogs(() => clock.now());
        this.objects = new Objects(this.store, clock, new Names(seed));
        this.resources = new Resources(this.store, this.objects, clock);
        this.clock = clock;
        this.store.listen(({ type, kind, object }) => {
            if (type === "DELETED" && kind.kind === "Pod") {
                this.logs.forget(object);
            }
        });
    }

    private readonly clock: SimClock;

    /** Has another part of the cluster answer for some paths. */
    extend(special: Special): void {
        this.specials.push(special);
    }

    /** Lets requests be answered, broken or left waiting before the API sees them, until the returned function is called. */
    intercept(interceptor: Interceptor): () => void {
        this.interceptors.add(interceptor);
        return () => {
            this.interceptors.delete(interceptor);
        };
    }

    /** Forgets all changes until now: who watches or lists from an older version gets 410. */
    compact(): void {
        this.store.compact();
    }

    /** Ends every watch, as a server that is restarted does. */
    cutWatches(): void {
        this.watches.abort();
        this.watches = new AbortController();
    }

    /** Answers a request. Rejects with a ConnectionReset, or the signal's reason, where an interceptor has it so. */
    async handle(request: ApiRequest): Promise<ApiResponse> {
        for (const interceptor of this.interceptors) {
            const answer = interceptor(request);
            if (answer === "reset") {
                throw new ConnectionReset("the connection was reset");
            }
            if (answer === "hang") {
                return hang(request.signal);
            }
            if (answer !== undefined) {
                return answer;
            }
        }
        try {
            return await this.answer(request);
        } catch (error) {
            return failure(error);
        }
    }

    private async answer(request: ApiRequest): Promise<ApiResponse> {
        const user = accountOf(this.users, request);
        const { pathname } = new URL(request.path, "http://api.invalid");
        if (["/healthz", "/readyz", "/livez"].includes(pathname)) {
            return text("ok");
        }
        const known = discovery(pathname) ?? openApi(pathname);
        if (known !== undefined) {
            return { status: 200, body: known };
        }
        const path = readPath(request.path);
        if (path === undefined) {
            throw noSuchResource();
        }
        if (path.group === "authorization.k8s.io" && request.method === "POST") {
            return review(this.store, user, path.plural, request.body);
        }
        checkAccess(this.store, user, {
            verb: verbOf(request.method, path),
            group: path.group,
            resource:
                path.subresource === undefined ? path.plural : `${path.plural}/${path.subresource}`,
            // Of a namespace itself, rights in it count.
            namespace: path.plural === "namespaces" ? path.name : path.namespace,
            name: path.name,
        });
        for (const { method, path: pattern, answer } of this.specials) {
            const match =
                method === request.method ? pattern.exec(decodeURIComponent(pathname)) : null;
            if (match !== null) {
                return answer(match, request);
            }
        }
        return this.resource(request, path, {
            kind: path.kind ?? knownKind("", "namespaces"),
            namespace: path.namespace,
            name: path.name ?? "",
            user,
            manager: managerOf(path.query, request.headers?.["user-agent"]),
            dryRun: path.query.getAll("dryRun").includes("All"),
            isApply: false,
            subresource: path.subresource,
        });
    }

    private resource(request: ApiRequest, path: RequestPath, write: Write): ApiResponse {
        const { method, body, signal } = request;
        const { group, plural, namespace, name, subresource } = path;
        if (group === "project.openshift.io") {
            return projects(this.store, this.objects, { method, path, write, body });
        }
        if (group === "image.openshift.io" && path.kind === undefined) {
            return imageView(this.store, this.objects, { method, plural, namespace, name });
        }
        if (path.kind === undefined) {
            throw noSuchResource();
        }
        const action = `${method} ${plural}/${subresource ?? ""}`;
        switch (action) {
            case "GET pods/log":
            case "GET builds/log": {
                // A build's log is its pod's.
                const of = plural === "pods" ? write.name : `${write.name}-build`;
                const pod = this.objects.need(knownKind("", "pods"), namespace, of);
                return {
                    status: 200,
                    headers: { "content-type": "text/plain" },
                    stream: this.logs.read(pod, path.query, signal),
                };
            }
            case "POST pods/binding":
                return bind(this.objects, write, body, this.clock.now());
            case "POST pods/eviction":
                return evict(this.objects, write, body, this.clock.now());
            default:
                return this.resources.handle(
                    { ...request, signal: anyOf(this.watches.signal, signal) },
                    path,
                    write,
                );
        }
    }
}

function anyOf(one: AbortSignal, other: AbortSignal | undefined): AbortSignal {
    return other === undefined ? one : AbortSignal.any([one, other]);
}

function text(words: string): ApiResponse {
    const headers = { "content-type": "text/plain" };
    return { status: 200, headers, stream: once(Buffer.from(words)) };
}

async function* once(chunk: Uint8Array): AsyncGenerator<Uint8Array> {
    yield await Promise.resolve(chunk);
}

/** Never answers; rejects when whoever asks has had enough. */
function hang(signal: AbortSignal | undefined): Promise<never> {
    return new Promise((_, reject) => {
        const end = () => {
            const reason: unknown = signal?.reason;
            reject(reason instanceof Error ? reason : new Error("aborted"));
        };
        if (signal?.aborted === true) {
            end();
        }
        signal?.addEventListener("abort", end, { once: true });
    });
}
