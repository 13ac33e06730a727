import { z } from "zod";

import { askRepeatedly, bodyOf, pause, type Wait } from "./answers";
import { challengesOf } from "./challenges";
import type { Login } from "./login";

const TIMEOUT = 30_000;

const answer = z.object({ token: z.string().optional(), access_token: z.string().optional() });

/**
 * The Authorization header that a registry asks for in its WWW-Authenticate: Basic, or Bearer with a token of its
 * token service (https://distribution.github.io/distribution/spec/auth/token/).
 *
 * Credentials are sent over HTTPS only, or to this machine, and to a token service of the registry's own domain only.
 * Rejects with {@link UnknownAccount} where the token service refuses the account; one that is busy is asked again.
 */
export async function authorize(
    challenge: string,
    registry: URL,
    login: Login | undefined,
    signal?: AbortSignal,
    wait: Wait = pause,
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
    if (basic !== undefined && !isOwnTokenService(url, registry)) {
        throw new Error(
            `${registry.host} wants the account to be sent to ${url.host}: expected a token service of its own domain`,
        );
    }
    const response = await askRepeatedly(
        () =>
            fetch(url, {
                headers: basic === undefined ? {} : { authorization: basic },
                signal: limited(TIMEOUT, signal),
            }),
        wait,
    );
    if (response.status === 401 || response.status === 403) {
        throw new UnknownAccount(
            `${url.host} answered ${response.status}: it does not know ${login?.username ?? "nobody"}`,
        );
    }
    if (!response.ok) {
        throw new Error(`${url.host} answered ${response.status} instead of a token`);
    }
    const { token, access_token } = answer.parse(JSON.parse((await bodyOf(response)).toString()));
    // Some token services send an empty `token` beside the other one.
    const given = [token, access_token].find((it) => it !== undefined && it !== "");
    if (given === undefined) {
        throw new Error(`${url.host} answered without a token`);
    }
    return `Bearer ${given}`;
}

/** A token service that refuses an account: another try gets the same answer. */
export class UnknownAccount extends Error {
    override readonly name = "UnknownAccount";
}

// Second-level domains under which anybody may have a name: two hosts below one have nothing in common.
const SHARED = /^(?:ac|co|com|edu|gov|net|org)\.[a-z]{2}$/;

/**
 * Whether a token service is the registry's own: the same host, or one of the same domain (auth.docker.io of
 * registry-1.docker.io, gitlab.example.com of registry.example.com).
 */
export function isOwnTokenService(
    { hostname: service }: URL,
    { hostname: registry }: URL,
): boolean {
    if (service === registry) {
        return true;
    }
    const labels = registry.split(".");
    const parent = labels.length > 2 ? labels.slice(1).join(".") : registry;
    const domain = SHARED.test(parent) || isAddress(registry) ? registry : parent;
    return service === domain || service.endsWith(`.${domain}`);
}

function isAddress(hostname: string): boolean {
    return hostname.startsWith("[") || /^\d+(\.\d+){3}$/.test(hostname);
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
