import type { Build } from "../../cluster/objects";

/** Reasons for which nobody who wrote the image can be blamed: its pod was taken away. */
const LOST: Record<string, string> = {
    BuildPodEvicted: "its pod was evicted",
    BuildPodDeleted: "its pod was deleted",
};

/** Reasons that a server may have caused: the log tells. */
const BY_A_SERVER = new Set([
    "FetchSourceFailed",
    "FetchImageContentFailed",
    "PullBuilderImageFailed",
    "PushImageToRegistryFailed",
]);

const TROUBLE =
    /connection (?:refused|reset|timed out)|no route to host|i\/o timeout|TLS handshake timeout|unexpected EOF|\b(?:500 Internal Server Error|502 Bad Gateway|503 Service Unavailable|504 Gateway Time-?out)|\b429\b|too ?many ?requests|received unexpected HTTP status: 5\d\d/i;
const REFUSAL = /unauthorized|denied|forbidden|authentication required|x509:/i;

/**
 * Why a Build failed, if its surroundings did it and another attempt may succeed; undefined for everything else: what
 * the Dockerfile does (a compile error, too much memory) it would do again.
 */
export function infrastructureCause(build: Build, log: readonly string[]): string | undefined {
    const reason = build.status.reason ?? "";
    if (build.status.cancelled === true) {
        return undefined;
    }
    if (reason in LOST) {
        return LOST[reason];
    }
    if (!BY_A_SERVER.has(reason)) {
        return undefined;
    }
    const last = log.slice(-5).reverse();
    const trouble = last.find((line) => TROUBLE.test(line));
    return trouble === undefined || last.some((line) => REFUSAL.test(line))
        ? undefined
        : `a server was in trouble (${TROUBLE.exec(trouble)?.[0] ?? ""})`;
}
