import { type Bed } from "./bed";
import { buildParts, until } from "./parts";
import { type Part, type SeedRun } from "./results";
import { jobParts } from "./seed/job";
import { type StageTime, runSeedScript, seedStages } from "./seed/script";

/** Runs the seed's script once for each of these services, one after the other as a person has to. */
export async function runSeed(
    bed: Bed,
    services: readonly string[],
    say: (text: string) => void,
): Promise<SeedRun> {
    const started = Date.now();
    const runs: { readonly service: string; readonly times: StageTime[] }[] = [];
    for (const service of services) {
        const times = await runSeedScript(bed.seedOf(service));
        runs.push({ service, times });
        if (services.length > 1) {
            say(`seed's script, ${runs.length} of ${services.length}`);
        }
    }
    const seconds = (Date.now() - started) / 1000;
    const since = (moment: number) => (moment - started) / 1000;
    const builds = await until("the seed's builds", () => {
        const found = bed.observers.seed.buildsSince(started);
        return found.length >= services.length * 2 ? found : undefined;
    });
    const row = (service: string, name: string) =>
        services.length === 1 ? name : `${service} ${name}`;
    const parts: Part[] = builds.flatMap((it) => {
        const [, service = "", architecture = ""] = /^(.*)-(amd64|arm64)-\d+$/.exec(it.build) ?? [];
        return buildParts(it, row(service, architecture), since);
    });
    for (const { service, times } of runs) {
        const find = (stage: string) => times.find((it) => it.stage === stage);
        const publish = find("publish");
        const rollout = find("rollout");
        if (publish !== undefined && rollout !== undefined) {
            const detail =
                services.length === 1
                    ? await jobParts(bed.seedOf(service), publish, since)
                    : [{ stage: "publish", from: since(publish.from), to: since(publish.to) }];
            parts.push(...detail.map((it) => ({ row: row(service, "publish"), ...it })));
            const roll = { from: since(rollout.from), to: since(rollout.to) };
            parts.push({ row: row(service, "rollout"), stage: "rollout", ...roll });
        }
    }
    const stages = seedStages.map((stage) => {
        const all = runs.flatMap(({ times }) => times.filter((it) => it.stage === stage));
        return [stage, all.reduce((sum, { from, to }) => sum + (to - from) / 1000, 0)] as const;
    });
    return { seconds, stages: Object.fromEntries(stages), parts };
}
