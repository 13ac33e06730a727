/** A request to a registry. */
export interface RegistryRequest {
    readonly method: string;
    /** Path with its query. */
    readonly path: string;
    /** Names in small letters. */
    readonly headers: Readonly<Record<string, string | undefined>>;
    readonly body: Buffer;
}

/** What a registry answers. */
export interface RegistryResponse {
    readonly status: number;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: Buffer;
}

/** An account, and what it may do. */
export interface Account {
    readonly password: string;
    /** @default true */
    readonly mayPush?: boolean;
}

/** How a registry is. */
export interface RegistryOptions {
    /** Accounts by name. @default none: everybody may do everything */
    readonly accounts?: Readonly<Record<string, Account>>;
    /** Whether repositories can be read without an account. @default false where there are accounts */
    readonly publicRead?: boolean;
    /** Bytes that all blobs together may have. @default no limit */
    readonly quota?: number;
    /** Milliseconds now. */
    readonly now: () => number;
}

/** An answer in the form of the spec's errors (github.com/opencontainers/distribution-spec, "Error Codes"). */
export function refusal(
    status: number,
    code: string,
    message: string,
    headers: Readonly<Record<string, string>> = {},
): RegistryResponse {
    return answer(status, { errors: [{ code, message }] }, headers);
}

/** An answer with a body of JSON. */
export function answer(
    status: number,
    value: unknown,
    headers: Readonly<Record<string, string>> = {},
): RegistryResponse {
    const type = { "content-type": "application/json" };
    return { status, headers: { ...type, ...headers }, body: Buffer.from(JSON.stringify(value)) };
}
