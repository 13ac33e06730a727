import { isMissing, isTransient } from "../../cluster/apiError";
import type { BuildRequest } from "./buildRequest";
import { checkImage, DIGEST } from "./checkImage";
import { Clock } from "../../cluster/clock";
import { Cluster, paths, withQuery } from "../../cluster/cluster";
import { isActive } from "../shared/explainPending";
import { Failure } from "../shared/failure";
import { Build, buildSchema, imageStreamImageSchema, listSchema } from "../../cluster/objects";

const ATTEMPTS = 3;
const PAUSE = 1_000;

/** The Build to follow, and whether somebody else had started it. */
export interface FoundBuild {
    build: Build;
    adopted: boolean;
}

/**
 * The Builds worth adopting, best first: finished ones (newest first), then running ones. Failed
 * and cancelled ones are not: their cause may be gone.
 */
export function adoptable(builds: readonly Build[]): Build[] {
    const newest = [...builds].sort((one, other) =>
        (other.metadata.creationTimestamp ?? "").localeCompare(
            one.metadata.creationTimestamp ?? "",
        ),
    );
    return [
        ...newest.filter(
            (build) => build.status.phase === "Complete" && digestOf(build) !== undefined,
        ),
        ...newest.filter((build) => isActive(build) && build.status.cancelled !== true),
    ];
}

/** The digest of what a Build has pushed, once it has. */
export function digestOf(build: Build): string | undefined {
    const digest = build.status.output?.to?.imageDigest;
    return digest !== undefined && DIGEST.test(digest) ? digest : undefined;
}

/** Finds the Build of this identity, or starts it. */
export async function findOrStartBuild(
    request: BuildRequest,
    cluster: Cluster,
    clock: Clock,
    signal: AbortSignal,
): Promise<FoundBuild> {
    const builds = await buildsOf(request, cluster, signal);
    for (const build of adoptable(builds)) {
        if (isActive(build) || (await imageIsRight(request, build, cluster, signal))) {
            return { build, adopted: true };
        }
    }
    return { build: await startBuild(request, builds, cluster, clock, signal), adopted: false };
}

async function startBuild(
    request: BuildRequest,
    before: readonly Build[],
    cluster: Cluster,
    clock: Clock,
    signal: AbortSignal,
): Promise<Build> {
    const path = paths.instantiate(request.namespace, request.buildConfig);
    for (let attempt = 1; ; attempt++) {
        try {
            return buildSchema.parse(await cluster.post(path, buildRequestBody(request), signal));
        } catch (error) {
            // OpenShift says "forbidden: ... not found" where it means the latter.
            if (isMissing(error) || /forbidden: .* not found/.test(String(error))) {
                throw missingBuildConfig(request, error);
            }
            if (!isTransient(error) || attempt === ATTEMPTS) {
                throw error;
            }
        }
        // The answer was lost, the Build may be there all the same: look before starting another.
        await clock.sleep(PAUSE, signal);
        const known = new Set(before.map((build) => build.metadata.uid));
        const started = adoptable(await buildsOf(request, cluster, signal)).find(
            (build) => !known.has(build.metadata.uid),
        );
        if (started !== undefined) {
            return started;
        }
    }
}

async function buildsOf(
    request: BuildRequest,
    cluster: Cluster,
    signal: AbortSignal,
): Promise<Build[]> {
    const path = withQuery(paths.builds(request.namespace), {
        labelSelector: `multiarch/identity=${request.identity},buildconfig=${request.buildConfig}`,
    });
    return listSchema(buildSchema).parse(await cluster.get(path, signal)).items;
}

/** Whether a finished Build's image is there, and what was asked for: another one is not used again, but built anew. */
async function imageIsRight(
    request: BuildRequest,
    build: Build,
    cluster: Cluster,
    signal: AbortSignal,
): Promise<boolean> {
    const digest = digestOf(build);
    if (digest === undefined) {
        return false;
    }
    try {
        const path = paths.imageStreamImage(request.namespace, request.imageStream, digest);
        const image = imageStreamImageSchema.parse(await cluster.get(path, signal));
        return checkImage({ ...request, digest }, build, image).length === 0;
    } catch (error) {
        if (isMissing(error)) {
            return false;
        }
        throw error;
    }
}

function buildRequestBody(request: BuildRequest): unknown {
    return {
        kind: "BuildRequest",
        apiVersion: "build.openshift.io/v1",
        metadata: {
            name: request.buildConfig,
            labels: { "multiarch/identity": request.identity },
            annotations: {
                "multiarch/commit": request.commit,
                "multiarch/architecture": request.architecture,
                "multiarch/image": request.image,
            },
        },
        revision: { type: "Git", git: { commit: request.commit } },
    };
}

function missingBuildConfig(request: BuildRequest, cause: unknown): Failure {
    const { image, architecture, namespace, buildConfig } = request;
    return new Failure(
        {
            headline: `${image} ${architecture}: there is no BuildConfig ${buildConfig} in namespace ${namespace}.`,
            next: ["pulumi up --refresh (it declares the BuildConfig again)"],
        },
        { cause },
    );
}
