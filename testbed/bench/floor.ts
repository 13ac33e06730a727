import { internalRegistry } from "../sandbox/settings";
import { type Bed, destinationOf } from "./bed";
import { slowestOf } from "./programRun";
import { Regctl } from "./regctl";
import { type BuildTime, type Floor, type ProgramRun } from "./results";

/**
 * The least that a run can take: its own builds, from the first one's start to the last one's end; a plain copy of
 * the images' blobs, of the service whose build ended last, both architectures side by side; its rollout.
 */
export async function measureFloor(bed: Bed, program: ProgramRun): Promise<Floor> {
    const { namespace } = bed.stack;
    const { service } = slowestOf(program.builds);
    const regctl = await Regctl.from(namespace);
    // A repository that has nothing yet: every blob crosses.
    const fresh = `${destinationOf(bed.stack, service)}-floor-${Date.now()}`;
    const images = program.builds.filter((it) => it.service === service);
    const started = performance.now();
    await Promise.all(
        images.map(({ digest, architecture }) =>
            regctl.copy(
                `${internalRegistry}/${namespace}/${service}@${digest}`,
                `${fresh}:${architecture}`,
            ),
        ),
    );
    const blobSeconds = (performance.now() - started) / 1000;
    const buildSeconds = buildBound(program.builds);
    const { rolloutSeconds } = program;
    const seconds = buildSeconds + blobSeconds + rolloutSeconds;
    return { buildSeconds, blobSeconds, rolloutSeconds, seconds };
}

/**
 * Seconds that builds take whoever starts them: of one service the slowest build by itself; of several, from the
 * first one's start to the last one's end, as they share the cluster.
 */
export function buildBound(
    builds: readonly Pick<BuildTime, "service" | "started" | "completed">[],
): number {
    const several = new Set(builds.map(({ service }) => service)).size > 1;
    const first = Math.min(...builds.map(({ started }) => started));
    return Math.max(...builds.map((it) => it.completed - (several ? first : it.started)));
}
