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

const release = z.object({
    digest: z.string().regex(/^sha256:[0-9a-f]{64}$/),
    commit: z
        .string()
        .regex(/^[0-9a-f]{40,64}$/)
        .optional(),
});
const history = z.array(release);
const image = release.extend({ earlier: history.default([]) });
const byName = z.record(z.string(), z.unknown());

/** The outputs that tell what a stack has deployed. */
export interface ReleaseOutputs {
    readonly images?: unknown;
    readonly releases?: unknown;
}

/**
 * The releases in a stack's outputs; none of an image where another version of the program wrote them.
 *
 * An update that fails under `--continue-on-error` leaves a marker text in the place of what it did not come to know, an
 * image's digest among it: then what had been deployed before that update counts.
 */
export function releasesIn({ images, releases }: ReleaseOutputs): Releases {
    const before = byName.safeParse(releases ?? {}).data ?? {};
    const now = byName.safeParse(images ?? {}).data ?? {};
    const names = [...new Set([...Object.keys(now), ...Object.keys(before)])];
    return new Map(
        names.flatMap((name): (readonly [string, readonly Release[]])[] => {
            const present = image.safeParse(now[name]).data;
            if (present === undefined) {
                const known = history.safeParse(before[name]).data ?? [];
                return known.length === 0 ? [] : [[name, known] as const];
            }
            const { digest, commit, earlier } = present;
            return [
                [name, [{ digest, ...(commit !== undefined && { commit }) }, ...earlier]] as const,
            ];
        }),
    );
}

/** Images in the outputs of a stack whose last update did not finish them. */
export function unfinishedIn(images: unknown): ReadonlySet<string> {
    const entries = Object.entries(byName.safeParse(images ?? {}).data ?? {});
    return new Set(
        entries.filter(([, entry]) => !image.safeParse(entry).success).map(([name]) => name),
    );
}

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
    const [images, releases]: { value?: unknown }[] = await Promise.all([
        reference.getOutputDetails("images"),
        reference.getOutputDetails("releases"),
    ]);
    const known = releasesIn({ images: images?.value, releases: releases?.value });
    const unfinished = unfinishedIn(images?.value);
    // Nothing is known that could be compared: this stack is not held up by the other's failure.
    const blind = promoted.filter(({ name }) => unfinished.has(name) && !known.has(name));
    for (const { name, digest } of blind) {
        await pulumi.log.warn(
            `${name}: the last update of ${sourceStack} did not finish it, so whether ${digest} comes from there is not known`,
        );
    }
    return promotedCommits(
        promoted.filter((it) => !blind.includes(it)),
        sourceStack,
        known,
    );
}

/** The output `earlier` of an image: what the stack deployed before this digest, latest first; none at first. */
export function earlierReleases(
    known: readonly Release[] | undefined,
    digest: pulumi.Output<string>,
): { earlier?: pulumi.Output<Release[] | undefined> } {
    if (known === undefined) {
        return {};
    }
    const earlier = digest.apply((present) => {
        const others = known.filter((it) => it.digest !== present).slice(0, REMEMBERED);
        return others.length === 0 ? undefined : others;
    });
    return { earlier };
}
