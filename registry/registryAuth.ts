import { z } from "zod";

import { challengesOf } from "./challenges";
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
    const challenges = challengesOf(challenge);
    const fields = challenges.find(({ scheme }) => scheme === "bearer")?.fields ?? {};
    const realm = fields["realm"];
    if (realm === undefined) {
        if (!challenges.some(({ scheme }) => scheme === "basic")) {
            throw new Error(`${registry.host} refuses access`);
        }
        if (basic === undefined) {
            throw new Error(`${registry.host} wants an account`);
        }
        return basic;
    }
    const url = new URL(realm);
    for (const name of ["service", "scope"]) {
        const value: string | undefined = fields[name];
        if (value !== undefined) {
            url.searchParams.set(name, value);
        }
    }
    if (url.protocol !== "https:" && !(isLoopback(url) && isLoopback(registry))) {
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
    // Some token services send an empty `token` beside the other one.
    const given = [token, access_token].find((it) => it !== undefined && it !== "");
    if (given === undefined) {
        throw new Error(`${url.host} answered without a token`);
    }
    return `Bearer ${given}`;
}

/** Whether requests stay on this machine: what is sent there in clear, nobody else reads. */
function isLoopback({ hostname }: URL): boolean {
    return hostname === "localhost" || hostname === "[::1]" || /^127(\.\d+){3}$/.test(hostname);
}

/** Ends after so many milliseconds, or with the other signal. */
export function limited(milliseconds: number, signal: AbortSignal | undefined): AbortSignal {
    const timeout = AbortSignal.timeout(milliseconds);
    return signal === undefined ? timeout : AbortSignal.any([timeout, signal]);
}
