import { setTimeout as sleep } from "node:timers/promises";

/** Waits so many milliseconds. */
export type Wait = (milliseconds: number) => Promise<unknown>;

/** Waits by the machine's clock. */
export const pause: Wait = (milliseconds) => sleep(milliseconds);

/** How often a request is sent in all. */
const ATTEMPTS = 3;
const FIRST_PAUSE = 500;
/** Milliseconds that a Retry-After may ask for; a longer one is not waited for. */
const LONGEST_PAUSE = 20_000;
/** Bytes of a manifest that a registry must take: 4 MiB (OCI distribution spec 1.1, "Pushing Manifests"). */
const BODY = 4 * 1024 * 1024;

/**
 * Sends a request again while the other side is busy (429, 5xx) or the connection breaks, three times in all. Resolves with
 * the last answer, whatever it is; rejects with the last error. Statuses in `expect` are answers. Waits as long as a
 * Retry-After in seconds says, if that is not too long.
 */
export async function askRepeatedly(
    send: () => Promise<Response>,
    wait: Wait,
    { attempts = ATTEMPTS, expect = [] }: { attempts?: number; expect?: readonly number[] } = {},
): Promise<Response> {
    for (let attempt = 1; ; attempt++) {
        let after: string | null = null;
        try {
            const response = await send();
            const { status } = response;
            const busy = (status === 429 || status >= 500) && !expect.includes(status);
            after = response.headers.get("retry-after");
            if (!busy || attempt >= attempts || secondsOf(after) * 1000 > LONGEST_PAUSE) {
                return response;
            }
            await response.body?.cancel();
        } catch (error) {
            // Its time is over, or the caller's: to ask again would only take longer.
            const over = error instanceof Error && /^(?:Abort|Timeout)Error$/.test(error.name);
            if (over || attempt >= attempts) {
                throw error;
            }
        }
        await wait(Math.max(attempt * FIRST_PAUSE, secondsOf(after) * 1000));
    }
}

function secondsOf(retryAfter: string | null): number {
    return /^\d{1,9}$/.test(retryAfter ?? "") ? Number(retryAfter) : 0;
}

/** The body of an answer, which may have 4 MiB; rejects when it goes on. */
export async function bodyOf(response: Response): Promise<Buffer> {
    const parts: Uint8Array[] = [];
    let length = 0;
    for await (const part of response.body ?? []) {
        const bytes = part as Uint8Array;
        length += bytes.length;
        if (length > BODY) {
            throw new Error(`${new URL(response.url).host} sent more than ${BODY} bytes`);
        }
        parts.push(bytes);
    }
    return Buffer.concat(parts);
}
