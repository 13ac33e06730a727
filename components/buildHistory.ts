import { type BuildResult } from "./imageBuild";

/** What a stack keeps of a build, beside its digest: state holds it several times. */
export type BuildHistory = Pick<BuildResult, "build" | "seconds" | "adopted" | "stages">;

/** What a stack keeps of each of an image's builds, by architecture. */
export function historiesOf(
    results: Readonly<Record<string, BuildResult>>,
): Record<string, BuildHistory> {
    return Object.fromEntries(
        Object.entries(results).map(([architecture, result]) => [architecture, historyOf(result)]),
    );
}

function historyOf({ build, seconds, adopted, stages }: BuildResult): BuildHistory {
    return { build, seconds, adopted, ...(stages !== undefined && { stages }) };
}
