import { z } from "zod";

/** What the proxy does to requests of a kind, in place of passing them on. */
export const Fault = z.object({
    /** Requests with one of these methods. @default all */
    methods: z.array(z.string()).optional(),
    /** Requests whose path matches this regular expression. @default all */
    path: z.string().optional(),
    /** How often it strikes. @default for ever */
    times: z.number().int().positive().optional(),
    /** Answer this, with the registry protocol's error of that code. */
    status: z.number().int().optional(),
    code: z.string().optional(),
    message: z.string().optional(),
    retryAfter: z.number().optional(),
    /** Close the connection after so many bytes of the request's body. */
    cutAfter: z.number().int().optional(),
    /** Wait so many milliseconds before passing it on. */
    delay: z.number().optional(),
});

/** See the schema of the same name. */
export type Fault = z.infer<typeof Fault>;

/** An account of the proxy; it stands for the registry's only one. */
export const Account = z.object({
    user: z.string(),
    password: z.string(),
    rights: z.enum(["write", "read", "none"]),
});

/** See the schema of the same name. */
export type Account = z.infer<typeof Account>;

/** Everything that the proxy can be told; a new telling replaces the one before. */
export const Rules = z.object({
    accounts: z.array(Account),
    faults: z.array(Fault).default([]),
    /** Take no connections at all. */
    down: z.boolean().default(false),
    /** Show the certificate of another server. */
    wrongCertificate: z.boolean().default(false),
});

/** See the schema of the same name. */
export type Rules = z.input<typeof Rules>;

/** Where the proxy listens and what it needs to know. */
export const Settings = z.object({
    address: z.string(),
    port: z.number(),
    upstream: z.object({ host: z.string(), user: z.string(), password: z.string() }),
    ca: z.string(),
    good: z.object({ cert: z.string(), key: z.string() }),
    wrong: z.object({ cert: z.string(), key: z.string() }),
    rules: Rules,
});

/** What the proxy says about itself: it listens as told, or it met a request with a fault. */
export type Report =
    | { readonly ready: true }
    | { readonly struck: { readonly method: string; readonly path: string } };

/** Whether a fault is for such a request. */
export function strikes(fault: Fault, method: string, path: string): boolean {
    return (fault.methods?.includes(method) ?? true) && new RegExp(fault.path ?? "").test(path);
}
