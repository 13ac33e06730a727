import { digestOf } from "./adoptBuild";
import { isMissing } from "../../cluster/apiError";
import { type Cluster, paths, withQuery } from "../../cluster/cluster";
import { buildSchema, listSchema } from "../../cluster/objects";

/** A build whose image an update is about to publish. */
export interface WantedBuild {
    readonly imageStream: string;
    /** What the build is known by, see its label `multiarch/identity`. */
    readonly identity: string;
}

/**
 * Finished builds none of whose images is in the ImageStream any more (pruned, or the stream was deleted), by identity:
 * the name of the newest of them. Pulumi has their Commands down as done, and would publish what is not there.
 */
export async function lostImages(
    cluster: Cluster,
    namespace: string,
    wanted: readonly WantedBuild[],
    signal: AbortSignal,
): Promise<ReadonlyMap<string, string>> {
    const found = await Promise.all(
        wanted.map(async ({ imageStream, identity }) => {
            const path = withQuery(paths.builds(namespace), {
                labelSelector: `multiarch/identity=${identity}`,
            });
            const { items } = listSchema(buildSchema).parse(await cluster.get(path, signal));
            const finished = items
                .filter(({ status }) => status.phase === "Complete")
                .sort((one, other) => created(other).localeCompare(created(one)));
            const there = await Promise.all(
                finished.map((build) => exists(cluster, namespace, imageStream, build, signal)),
            );
            const [newest] = finished;
            return newest === undefined || there.some(Boolean)
                ? []
                : [[identity, newest.metadata.name] as const];
        }),
    );
    return new Map(found.flat());
}

async function exists(
    cluster: Cluster,
    namespace: string,
    imageStream: string,
    build: Parameters<typeof digestOf>[0],
    signal: AbortSignal,
): Promise<boolean> {
    const digest = digestOf(build);
    if (digest === undefined) {
        return false;
    }
    try {
        await cluster.get(paths.imageStreamImage(namespace, imageStream, digest), signal);
        return true;
    } catch (error) {
        if (isMissing(error)) {
            return false;
        }
        throw error;
    }
}

function created({ metadata }: Parameters<typeof digestOf>[0]): string {
    return metadata.creationTimestamp ?? "";
}
