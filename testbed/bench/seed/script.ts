import { run, succeeded } from "../../e2e/run";
import { type SeedService, seedManifests } from "./manifests";

/** What the guide's script does, in its order. */
export const seedStages = ["build amd64", "build arm64", "publish", "rollout"] as const;

/** One of {@link seedStages}. */
export type SeedStage = (typeof seedStages)[number];

/** When a stage ran, in milliseconds since 1970. */
export interface StageTime {
    readonly stage: SeedStage;
    readonly from: number;
    readonly to: number;
}

/**
 * Does what the guide's "Complete Build Pipeline" script does, command for command, and tells when each stage ran.
 * Needs what `setUpSeed` has made. Every command is ended after half an hour at the latest.
 */
export async function runSeedScript(service: SeedService): Promise<StageTime[]> {
    const { namespace, name } = service;
    const { job } = seedManifests(service);
    const oc = (args: readonly string[], input = "") =>
        run(["oc", ...args, "-n", namespace], { input, limitSeconds: 1900 });
    const jobName = job.metadata.name;
    const commands: Record<SeedStage, () => Promise<void>> = {
        "build amd64": async () => {
            succeeded(await oc(["start-build", `${name}-amd64`, "--wait"]));
        },
        "build arm64": async () => {
            succeeded(await oc(["start-build", `${name}-arm64`, "--wait"]));
        },
        publish: async () => {
            // The script has "|| true" here.
            await oc(["delete", "job", jobName]);
            succeeded(await oc(["create", "-f", "-"], JSON.stringify(job)));
            const wait = ["wait", "--for=condition=complete", `job/${jobName}`, "--timeout=10m"];
            succeeded(await oc(wait));
        },
        rollout: async () => {
            succeeded(await oc(["rollout", "restart", `deployment/${name}`]));
            succeeded(await oc(["rollout", "status", `deployment/${name}`, "--timeout=5m"]));
        },
    };
    const times: StageTime[] = [];
    for (const stage of seedStages) {
        const from = Date.now();
        try {
            await commands[stage]();
        } catch (error) {
            const why = error instanceof Error ? error.message : String(error);
            throw new Error(`the seed's script, ${name}, ${stage}: ${why}`, { cause: error });
        }
        times.push({ stage, from, to: Date.now() });
    }
    return times;
}

/** Seconds from the first command of a script to the end of its last. */
export function secondsOf(times: readonly StageTime[]): number {
    return ((times.at(-1)?.to ?? 0) - (times[0]?.from ?? 0)) / 1000;
}
