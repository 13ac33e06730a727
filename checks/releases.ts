import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { refusal } from "../config/refusal";

/** A list that a stack has deployed, and the commit that it was built from, if the stack knows it. */
export interface Release {
    readonly digest: string;
    readonly commit?: string;
}

/** Releases of each image, by its name: the present one first. */
export type Releases = ReadonlyMap<string, readonly Release[]>;

/** Releases that a stack's outputs remember beside the present one: as far back as a roll back is checked. */
const REMEMBERED = 20;

const release = z.object({ digest: z.string(), commit: z.string().optional() });
const images = z.record(
    z.string(),
    release
        .extend({ earlier: z.array(release).default([]) })
        .optional()
        .catch(undefined),
);

/** The releases in a stack's output `images`; none where another version of the program wrote it. */
export function releasesIn(output: unknown): Releases {
    return new Map(
        Object.entries(images.safeParse(output ?? {}).data ?? {}).flatMap(([name, image]) => {
            if (image === undefined) {
                return [];
            }
            const { digest, commit, earlier } = image;
            return [
                [name, [{ digest, ...(commit !== undefined && { commit }) }, ...earlier]] as const,
            ];
        }),
    );
}

let remembered: Releases = new Map();

/** An image that is deployed by its digest. */
export interface PromotedDigest {
    readonly name: string;
    readonly digest: string;
}

/**
 * The commits of promoted images, as the stack that they come from tells them.
 *
 * Throws a `RunError` for a digest that is not, and was not, among that stack's outputs.
 */
export function promotedCommits(
    promoted: readonly PromotedDigest[],
    sourceStack: string,
    releases: Releases,
): Map<string, string> {
    const problems: string[] = [];
    const commits = new Map<string, string>();
    for (const { name, digest } of promoted) {
        const known = releases.get(name) ?? [];
        const found = known.find((it) => it.digest === digest);
        if (found === undefined) {
            const list = known.map((it) => it.digest).slice(0, 3);
            problems.push(
                `multiarch:images, ${name}: digest is ${digest}: expected one that ${sourceStack} has deployed${list.length === 0 ? ", which has deployed none" : `: ${list.join(", ")}`}`,
            );
        } else if (found.commit !== undefined) {
            commits.set(name, found.commit);
        }
    }
    if (problems.length > 0) {
        const [from, to] = [sourceStack.split("/").at(-1) ?? "", pulumi.getStack()];
        throw refusal(
            [
                "Nothing was changed: a digest does not come from the stack in multiarch:sourceStack.",
                ...problems.map((line) => `  ${line}`),
                "Next:",
                `  npm run promote -- --from ${from} --to ${to}`,
            ].join("\n"),
        );
    }
    return commits;
}

/** Asks the stack in `multiarch:sourceStack` for the commits of the images that come from it. */
export async function askSourceStack(
    sourceStack: string | undefined,
    promoted: readonly PromotedDigest[],
): Promise<Map<string, string>> {
    if (sourceStack === undefined || promoted.length === 0) {
        return new Map();
    }
    const reference = new pulumi.StackReference("source", { name: sourceStack });
    const images: { value?: unknown } = await reference.getOutputDetails("images");
    return promotedCommits(promoted, sourceStack, releasesIn(images.value));
}

/** Keeps the releases of the stack's last update for {@link earlierReleases}. */
export function rememberReleases(releases: Releases): void {
    remembered = releases;
}

/** The output `earlier` of an image: what the stack deployed before this digest, latest first; none at first. */
export function earlierReleases(
    name: string,
    digest: pulumi.Output<string>,
): { earlier?: pulumi.Output<Release[] | undefined> } {
    const known = remembered.get(name);
    if (known === undefined) {
        return {};
    }
    const earlier = digest.apply((present) => {
        const others = known.filter((it) => it.digest !== present).slice(0, REMEMBERED);
        return others.length === 0 ? undefined : others;
    });
    return { earlier };
}
