import type { Build, ImageStreamImage } from "../../cluster/objects";

/** What an image must be. */
export interface WantedImage {
    architecture: string;
    commit: string;
    digest: string;
}

/** A digest that may be used in a path and in an image reference. */
export const DIGEST = /^sha256:[0-9a-f]{64}$/;

const MEDIA_TYPE = "application/vnd.docker.distribution.manifest.v2+json";
const COMMIT_LABEL = "io.openshift.build.commit.id";
const ARCHITECTURE_LABEL = "kubernetes.io/arch";

/**
 * Compares a built image with what was asked for; returns one sentence for each difference.
 * A build that ran on the wrong node, or built another commit, looks like a success otherwise.
 */
export function checkImage(wanted: WantedImage, build: Build, image: ImageStreamImage): string[] {
    const problems: string[] = [];
    const expect = (what: string, found: string | undefined, want: string) => {
        if (found !== want) {
            problems.push(`${what} is ${found ?? "missing"}, wanted ${want}.`);
        }
    };
    const { dockerImageMetadata, dockerImageManifestMediaType, metadata } = image.image;
    expect("Its architecture", dockerImageMetadata?.Architecture, wanted.architecture);
    expect(
        `Its label ${COMMIT_LABEL}`,
        dockerImageMetadata?.Config?.Labels[COMMIT_LABEL],
        wanted.commit,
    );
    expect("Its media type", dockerImageManifestMediaType, MEDIA_TYPE);
    expect("Its digest in the ImageStream", metadata.name, wanted.digest);
    expect("The commit in the Build", build.spec.revision?.git?.commit, wanted.commit);
    expect(
        `The node selector ${ARCHITECTURE_LABEL} of the Build`,
        build.spec.nodeSelector[ARCHITECTURE_LABEL],
        wanted.architecture,
    );
    return problems;
}
