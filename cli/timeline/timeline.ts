import { z } from "zod";

import { UsageError } from "../../config/usageError";

const Outputs = z.object({
    images: z.record(
        z.string(),
        z.object({
            commit: z.string().optional(),
            builds: z
                .record(
                    z.string(),
                    z.object({
                        adopted: z.boolean(),
                        seconds: z.number().nonnegative(),
                        stages: z.record(z.string(), z.number().nonnegative()),
                    }),
                )
                .optional(),
            publishSeconds: z.number().nonnegative().optional(),
        }),
    ),
});

/** OpenShift's stages of a build in the order in which they run; JSON has them by name. */
const ORDER = ["FetchInputs", "PullImages", "Build", "PostCommit", "PushImage"];

/** What a part of a bar stands for, beside OpenShift's stages. */
export const OTHER = {
    waiting: "starting, waiting",
    reused: "reused",
    publish: "publish",
} as const;

/** A part of a bar, in seconds from the start of the run. */
export interface Part {
    readonly name: string;
    readonly from: number;
    readonly to: number;
}

/** One line of a timeline. */
export interface Bar {
    readonly label: string;
    readonly parts: readonly Part[];
}

/** What a run did for one image. */
export interface Timeline {
    readonly image: string;
    /** 12 digits of the commit. */
    readonly commit: string;
    readonly bars: readonly Bar[];
    readonly seconds: number;
}

/**
 * The last run's timelines, one for each image that it built, from the stack's outputs.
 *
 * All builds start together, and publishing ends what the last of them left. OpenShift tells how long each stage took,
 * not when it began: what is left of a build's time is drawn before its stages. A reused build has only the time that
 * it took to find it, as its stages belong to an earlier run.
 */
export function timelinesOf(outputs: unknown): Timeline[] {
    const parsed = Outputs.safeParse(outputs);
    if (!parsed.success) {
        throw new UsageError(
            `these are not the outputs of a stack of this program (pulumi stack output --json):\n${z.prettifyError(parsed.error)}`,
        );
    }
    const timelines = Object.entries(parsed.data.images).flatMap(([image, it]) => {
        if (it.builds === undefined) {
            return [];
        }
        const builds = Object.entries(it.builds)
            .sort(([one], [other]) => one.localeCompare(other, "en"))
            .map(([label, build]) => ({
                label,
                parts: build.adopted
                    ? [{ name: OTHER.reused, from: 0, to: build.seconds }]
                    : stagesOf(build.seconds, build.stages),
            }));
        const built = Math.max(0, ...builds.flatMap(({ parts }) => parts.map(({ to }) => to)));
        const seconds = built + (it.publishSeconds ?? 0);
        const publish = { name: OTHER.publish, from: built, to: seconds };
        const bars = [...builds, { label: OTHER.publish, parts: [publish] }];
        return [{ image, commit: it.commit?.slice(0, 12) ?? "", bars, seconds }];
    });
    if (timelines.length === 0) {
        throw new UsageError("this stack builds no image: it has no timeline.");
    }
    return timelines;
}

function stagesOf(seconds: number, stages: Readonly<Record<string, number>>): Part[] {
    const rank = (name: string) => (ORDER.includes(name) ? ORDER.indexOf(name) : ORDER.length);
    const known = Object.entries(stages)
        .sort(([one], [other]) => rank(one) - rank(other) || one.localeCompare(other, "en"))
        .map(([name, milliseconds]) => ({ name, length: milliseconds / 1000 }));
    const sum = known.reduce((total, { length }) => total + length, 0);
    let at = 0;
    return [{ name: OTHER.waiting, length: Math.max(0, seconds - sum) }, ...known].map(
        ({ name, length }) => ({ name, from: at, to: (at += length) }),
    );
}
