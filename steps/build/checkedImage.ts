import { isMissing } from "../../cluster/apiError";
import { wrongImage } from "./buildFailure";
import type { BuildRequest } from "./buildRequest";
import { checkImage } from "./checkImage";
import { Clock } from "../../cluster/clock";
import { Cluster, paths } from "../../cluster/cluster";
import { Build, ImageStreamImage, imageStreamImageSchema } from "../../cluster/objects";
import type { Progress } from "../shared/progress";
import { signalDigest } from "../publish/publisherPods";

const ATTEMPTS = 5;
const PAUSE = 500;

/** Makes sure that a Build's image is what was asked for; fails if it is not. */
export async function requireImage(
    request: BuildRequest,
    build: Build,
    digest: string,
    cluster: Cluster,
    clock: Clock,
    signal: AbortSignal,
): Promise<void> {
    const { architecture, commit } = request;
    const image = await readImage(request, digest, cluster, clock, signal);
    const problems =
        image === undefined
            ? ["The ImageStream does not have it."]
            : checkImage({ architecture, commit, digest }, build, image);
    if (problems.length > 0) {
        throw wrongImage(request, build, digest, problems);
    }
}

/** Tells the waiting publisher about a checked image: it can transfer it while others build. */
export async function tellPublisher(
    request: BuildRequest,
    digest: string,
    cluster: Cluster,
    progress: Progress,
    signal: AbortSignal,
): Promise<void> {
    const { namespace, publisher: job, architecture, identity } = request;
    if (job === undefined) {
        return;
    }
    try {
        const image = { job, architecture, identity, digest };
        await signalDigest(cluster, namespace, image, signal);
    } catch (error) {
        signal.throwIfAborted();
        // Only a head start is lost: the publish program tells all digests again.
        const problem = error instanceof Error ? error.message : String(error);
        progress.step(`publisher ${job} not told yet: ${problem}`);
    }
}

async function readImage(
    request: BuildRequest,
    digest: string,
    cluster: Cluster,
    clock: Clock,
    signal: AbortSignal,
): Promise<ImageStreamImage | undefined> {
    const path = paths.imageStreamImage(request.namespace, request.imageStream, digest);
    // The ImageStream may learn of a push a moment after the Build did.
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
        try {
            return imageStreamImageSchema.parse(await cluster.get(path, signal));
        } catch (error) {
            if (!isMissing(error)) {
                throw error;
            }
        }
        await clock.sleep(PAUSE, signal);
    }
    return undefined;
}
