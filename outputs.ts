import type * as pulumi from "@pulumi/pulumi";

import { earlierReleases, type Release, type Releases } from "./checks/releases";
import { builtFrom } from "./components/builtFrom";
import { MultiArchImage } from "./components/multiArchImage";
import type { PromotedImage } from "./components/promotedImage";
import type { Config, Image } from "./config/loadConfig";

/** What outputs are made of beside the configuration: answers that were had before the update. */
export interface OutputAnswers {
    /** Commits by the image's name; of an image that another stack built, if that is known. */
    readonly commits: ReadonlyMap<string, string>;
    /** What the stack has deployed up to now. */
    readonly releases: Releases;
}

/**
 * What a stack's outputs say about an image beside its reference and its service.
 *
 * All of it comes of the finished digest. Pulumi keeps outputs of a failed update too, known ones as if all had gone
 * well: what is known before the digest would be said of an image that never was.
 */
export function outputs(
    config: Config,
    image: Image,
    published: MultiArchImage | PromotedImage,
    { commits, releases }: OutputAnswers,
) {
    const finished = <T>(value: T): pulumi.Output<T> => published.digest.apply(() => value);
    const commit = commits.get(image.name);
    return {
        ...summary(published),
        ...(commit !== undefined && { commit: finished(commit) }),
        ...(commit !== undefined &&
            image.digest === undefined && {
                builtFrom: finished(builtFrom(config, image, commit)),
            }),
        ...earlierReleases(releases.get(image.name), published.digest),
    };
}

/** The stack's output `releases`: what it had deployed before this update, by image, known whatever comes of it. */
export function releasesBefore(
    { images }: Pick<Config, "images">,
    releases: Releases,
): { releases?: Record<string, readonly Release[]> } {
    const found = Object.fromEntries(
        images.flatMap(({ name }) => {
            const known = releases.get(name) ?? [];
            return known.length === 0 ? [] : [[name, known] as const];
        }),
    );
    return Object.keys(found).length === 0 ? {} : { releases: found };
}

function summary(image: MultiArchImage | PromotedImage) {
    const { digest, platforms } = image;
    return image instanceof MultiArchImage
        ? {
              digest,
              platforms,
              tags: image.tags,
              builds: image.builds,
              publishSeconds: image.publishSeconds,
          }
        : { digest, platforms };
}
