import { refusal } from "../config/refusal";

/** One entry of a manifest list, as the registry tells it. */
export interface PublishedPlatform {
    readonly architecture: string;
    readonly os: string;
    readonly sha256Digest: string;
}

// The platform that buildx gives an entry that says something about an image and is none.
const ATTESTATION = "unknown/unknown";

/**
 * Compares a published manifest list with what was built.
 *
 * Throws a `RunError` that names each difference: a platform that is missing, not asked for, or another digest.
 */
export function checkPlatforms(
    reference: string,
    found: readonly PublishedPlatform[],
    built: Readonly<Record<string, string>>,
): void {
    const wanted = Object.entries(built).map(([name, digest]) => `linux/${name} ${digest}`);
    const published = found.map(
        (entry) => `${entry.os}/${entry.architecture} ${entry.sha256Digest}`,
    );
    const missing = wanted.filter((entry) => !published.includes(entry));
    const foreign = published.filter((entry) => !wanted.includes(entry));
    if (missing.length > 0 || foreign.length > 0 || published.length !== wanted.length) {
        throw refusal(
            [
                `${reference} is not what was built; the Deployment stays as it is.`,
                `  built:     ${wanted.join(", ")}`,
                `  published: ${published.length === 0 ? "nothing" : published.join(", ")}`,
                "Publish again with: pulumi config set multiarch:rebuild $(date +%s) && pulumi up",
            ].join("\n"),
        );
    }
}

/**
 * Compares a published manifest list with the architectures that it must hold; returns its digests by architecture.
 *
 * Attestations in the list are no images. Throws a `RunError` when one is missing, is there twice, and when there is another.
 */
export function checkArchitectures(
    reference: string,
    found: readonly PublishedPlatform[],
    wanted: readonly string[],
): Record<string, string> {
    const images = found.filter(({ architecture, os }) => `${os}/${architecture}` !== ATTESTATION);
    const published = images.map(({ architecture, os }) => `${os}/${architecture}`).sort();
    const expected = wanted.map((architecture) => `linux/${architecture}`).sort();
    if (published.join() !== expected.join()) {
        throw refusal(
            [
                `${reference} is for ${published.length === 0 ? "nothing" : published.join(", ")}, not for ${expected.join(", ")}; the Deployment stays as it is.`,
                "Set the architectures that it has, or promote another digest: edit multiarch:images in the stack's configuration",
            ].join("\n"),
        );
    }
    return Object.fromEntries(images.map((entry) => [entry.architecture, entry.sha256Digest]));
}
