/** Any object of JSON. */
export type Json = Readonly<Record<string, unknown>>;

/** Who owns an object. */
export interface OwnerReference {
    readonly apiVersion?: string;
    readonly kind?: string;
    readonly name?: string;
    readonly uid: string;
    readonly controller?: boolean;
    readonly blockOwnerDeletion?: boolean;
}

/** Metadata of a stored object. */
export interface Metadata {
    readonly name: string;
    readonly generateName?: string;
    readonly namespace?: string;
    readonly uid?: string;
    readonly resourceVersion?: string;
    readonly generation?: number;
    readonly creationTimestamp?: string;
    readonly deletionTimestamp?: string;
    readonly deletionGracePeriodSeconds?: number;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly ownerReferences?: readonly OwnerReference[];
    readonly finalizers?: readonly string[];
    readonly managedFields?: unknown;
}

/** An object of the API. */
export interface ApiObject {
    readonly apiVersion?: string;
    readonly kind?: string;
    readonly metadata: Metadata;
    readonly spec?: Json;
    readonly status?: Json;
    readonly [key: string]: unknown;
}

/** A request to the API. */
export interface ApiRequest {
    readonly method: string;
    /** Path with its query. */
    readonly path: string;
    /** Names in small letters. */
    readonly headers?: Readonly<Record<string, string>>;
    /** JSON, as it was sent. */
    readonly body?: unknown;
    /** The user who asks. @default the one whom the headers' token names, else the cluster's administrator */
    readonly user?: string;
    /** Aborted when whoever asks does not wait any longer. */
    readonly signal?: AbortSignal;
}

/** What the API answers: JSON, or a stream of bytes (watches and logs). */
export interface ApiResponse {
    readonly status: number;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: unknown;
    readonly stream?: AsyncIterable<Uint8Array>;
}

/** What happens to a request in place of an answer: the connection breaks, or nothing comes. */
export type Interception = ApiResponse | "reset" | "hang" | undefined;

/** Takes requests before the API does; undefined lets one pass. */
export type Interceptor = (request: ApiRequest) => Interception;

/** What other parts of a cluster answer: a BuildConfig's instantiate. Rights are checked before. */
export interface Special {
    readonly method: string;
    /** Matches the path without its query. */
    readonly path: RegExp;
    readonly answer: (
        match: RegExpExecArray,
        request: ApiRequest,
    ) => Promise<ApiResponse> | ApiResponse;
}

/** An account that may ask. */
export interface User {
    readonly name: string;
    readonly groups: readonly string[];
    /** What it sends as bearer token. */
    readonly token: string;
}
