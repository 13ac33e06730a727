import type { BuiltFrom } from "../../components/builtFrom";

/**
 * Says in one line whether an image will be built, and why: which commit follows which, which argument changed.
 *
 * `before` is what the last update left in the stack's outputs, if it built the image.
 */
export function describeChange(
    name: string,
    before: BuiltFrom | undefined,
    now: BuiltFrom,
): string {
    if (before === undefined) {
        return `${name}: first build, of commit ${short(now.commit)} for ${now.architectures.join(", ")}`;
    }
    const reasons = [
        ...change("commit", short(before.commit), short(now.commit)),
        ...change("git.url", before.url, now.url),
        ...change("contextDir", before.contextDir, now.contextDir),
        ...change("dockerfilePath", before.dockerfilePath, now.dockerfilePath),
        ...[...new Set([...Object.keys(before.buildArgs), ...Object.keys(now.buildArgs)])]
            .sort()
            .flatMap((key) =>
                change(`buildArgs.${key}`, before.buildArgs[key], now.buildArgs[key]),
            ),
        ...change("rebuild", before.rebuild || undefined, now.rebuild || undefined),
    ];
    const added = now.architectures.filter((it) => !before.architectures.includes(it));
    if (reasons.length > 0) {
        return `${name}: builds again: ${reasons.join(", ")}`;
    }
    return added.length > 0
        ? `${name}: builds ${added.join(", ")} of commit ${short(now.commit)}; the others are built`
        : `${name}: nothing to build: commit ${short(now.commit)} is built`;
}

/** Whether the last update built all of it: nothing is to be built. */
export function isBuilt(before: BuiltFrom | undefined, now: BuiltFrom): boolean {
    return describeChange("", before, now).startsWith(": nothing to build");
}

/** Says in one line which digest an image that another stack built is deployed by, and which one follows which. */
export function describeRelease(name: string, before: string | undefined, now: string): string {
    if (before === now) {
        return `${name}: nothing to roll: ${now} is deployed`;
    }
    return before === undefined
        ? `${name}: deploys ${now}, and builds nothing`
        : `${name}: rolls ${before} -> ${now}, and builds nothing`;
}

function change(key: string, before: string | undefined, now: string | undefined): string[] {
    const shown = (value: string | undefined) => (value === "" ? '""' : (value ?? "none"));
    return before === now ? [] : [`${key} ${shown(before)} -> ${shown(now)}`];
}

/** The 12 digits that name a commit in tags and messages. */
function short(commit: string): string {
    return commit.slice(0, 12);
}
