import { z } from "zod";

import type { Login } from "./login";

const TIMEOUT = 30_000;

const answer = z.object({ token: z.string().optional(), access_token: z.string().optional() });

/**
 * The Authorization header that a registry asks for in its WWW-Authenticate: Basic, or Bearer with a token of its
 * token service (https://distribution.github.io/distribution/spec/auth/token/).
 *
 * Credentials are sent over HTTPS only, or to this machine.
 */
export async function authorize(
    challenge: string,
    registry: URL,
    login: Login | undefined,
    signal?: AbortSignal,
): Promise<string> {
    const basic =
        login && `Basic ${Buffer.from(`${login.username}:${login.password}`).toString("base64")}`;
    if (/^basic\b/i.test(challenge)) {
        if (basic === undefined) {
            throw new Error(`${registry.host} wants an account`);
        }
        return basic;
    }
    const fields = Object.fromEntries(
        [...challenge.matchAll(/(\w+)="([^"]*)"/g)].map(([, name = "", value = ""]) => [
            name,
            value,
        ]),
    );
    const realm = fields["realm"];
    if (!/^bearer\b/i.test(challenge) || realm === undefined) {
        throw new Error(`${registry.host} refuses access`);
    }
    const url = new URL(realm);
    for (const name of ["service", "scope"]) {
        const value = fields[name];
        if (value !== undefined) {
            url.searchParams.set(name, value);
        }
    }
    if (url.protocol !== "https:" && url.hostname !== registry.hostname) {
        throw new Error(`${registry.host} wants credentials to be sent to ${url.origin}`);
    }
    const response = await fetch(url, {
        headers: basic === undefined ? {} : { authorization: basic },
        signal: limited(TIMEOUT, signal),
    });
    if (!response.ok) {
        throw new Error(
            `${url.host} answered ${response.status}: it does not know ${login?.username ?? "nobody"}`,
        );
    }
    const { token, access_token } = answer.parse(await response.json());
    return `Bearer ${token ?? access_token ?? ""}`;
}

/** Ends after so many milliseconds, or with the other signal. */
export function limited(milliseconds: number, signal: AbortSignal | undefined): AbortSignal {
    const timeout = AbortSignal.timeout(milliseconds);
    return signal === undefined ? timeout : AbortSignal.any([timeout, signal]);
}
