import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";

import { formatImageReference } from "../config/imageReference";
import { reasonOf, refuse } from "../config/promotionRefusal";
import type { Repository } from "./registry";

/** What a manifest list must be. */
export interface WantedList {
    readonly digest: string;
    readonly architectures: readonly string[];
    /** @default whatever commit all platforms agree on */
    readonly commit: string | undefined;
}

/** A list that the registry holds. */
export interface VerifiedList {
    /** The commit that every platform was built from. */
    readonly commit: string;
    /** Platforms, e.g. `linux/amd64`, with the digest of each. */
    readonly platforms: Readonly<Record<string, string>>;
}

const LISTS = [
    "application/vnd.docker.distribution.manifest.list.v2+json",
    "application/vnd.oci.image.index.v1+json",
];
// The platform that buildx gives an entry that says something about an image and is none.
const ATTESTATION = "unknown/unknown";
const COMMIT_LABEL = "io.openshift.build.commit.id";

const list = z.object({
    manifests: z.array(
        z.object({
            digest: z.string(),
            platform: z.object({ os: z.string(), architecture: z.string() }),
        }),
    ),
});
const manifest = z.object({ config: z.object({ digest: z.string() }) });
const config = z.object({
    architecture: z.string(),
    config: z
        .object({ Labels: z.record(z.string(), z.string()).nullish() })
        .nullish()
        .transform((value) => value?.Labels ?? {}),
});

/**
 * Makes sure that a registry holds a list for exactly these architectures, every one of them complete and built from
 * one commit; refuses with the first thing that is not so. Attestations in the list are no images: they are left alone.
 */
export async function verifyList(
    repository: Repository,
    wanted: WantedList,
): Promise<VerifiedList> {
    const name = formatImageReference({ ...repository.image, digest: wanted.digest });
    const fail = (is: string, accepted: string) =>
        refuse({ key: name, is, accepted, next: `regctl manifest get ${name}` });
    try {
        return await verified(repository, wanted, fail);
    } catch (error) {
        if (pulumi.RunError.isInstance(error)) {
            throw error;
        }
        throw fail(reasonOf(error), "a registry that shows it to the stack's account");
    }
}

type Fail = (is: string, accepted: string) => Error;

async function verified(
    repository: Repository,
    wanted: WantedList,
    fail: Fail,
): Promise<VerifiedList> {
    const found = await repository.manifest(wanted.digest);
    if (found === undefined) {
        throw fail("the registry does not have it", "a digest that was published there");
    }
    if (!LISTS.includes(found.mediaType)) {
        throw fail(`is of type ${found.mediaType}`, "a manifest list");
    }
    const { manifests } = list.parse(JSON.parse(found.bytes.toString()));
    const entries = manifests
        .map(
            ({ digest, platform: { os, architecture } }) =>
                [`${os}/${architecture}`, digest] as const,
        )
        .filter(([platform]) => platform !== ATTESTATION);
    const platforms = Object.fromEntries(entries);
    // Of two entries for one platform, each node would take the one that it likes.
    const present = entries
        .map(([platform]) => platform)
        .sort()
        .join(", ");
    const expected = wanted.architectures.map((it) => `linux/${it}`).sort();
    if (present !== expected.join(", ")) {
        throw fail(`is for ${present === "" ? "nothing" : present}`, expected.join(", "));
    }
    // To the end of each: what is refused must leave no request behind.
    const looks = await Promise.allSettled(
        Object.entries(platforms).map(async ([platform, digest]) =>
            commitOf(repository, platform, digest, fail),
        ),
    );
    const commits = looks.map((look) => {
        if (look.status === "rejected") {
            throw look.reason;
        }
        return look.value;
    });
    const commit = wanted.commit ?? commits[0] ?? "";
    for (const [index, platform] of Object.keys(platforms).entries()) {
        if (commits[index] !== commit) {
            throw fail(
                `${platform} was built from commit ${commits[index] ?? "none"}`,
                `commit ${commit}`,
            );
        }
    }
    return { commit, platforms };
}

/** The commit that one platform's image says it was built from. */
async function commitOf(
    repository: Repository,
    platform: string,
    digest: string,
    fail: Fail,
): Promise<string> {
    const found = await repository.manifest(digest);
    if (found === undefined) {
        throw fail(`the registry does not have its ${platform}, ${digest}`, "a complete list");
    }
    const image = manifest.parse(JSON.parse(found.bytes.toString()));
    const { architecture, config: labels } = config.parse(
        await repository.json(image.config.digest),
    );
    if (`linux/${architecture}` !== platform) {
        throw fail(`its ${platform} is for linux/${architecture}`, `an image for ${platform}`);
    }
    const commit = labels[COMMIT_LABEL];
    if (commit === undefined) {
        throw fail(`its ${platform} has no label ${COMMIT_LABEL}`, "an image that OpenShift built");
    }
    return commit;
}
