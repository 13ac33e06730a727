import { run, succeeded } from "../../e2e/run";
import { type SeedService, seedManifests } from "./manifests";
import { type StageTime } from "./script";

/** What the guide's Job is at, by a word of the line that it prints when it begins with it. */
const steps = [
    { word: "Configuring", stage: "log in" },
    { word: "Pulling", stage: "pull" },
    { word: "Creating manifest", stage: "join" },
    { word: "Pushing", stage: "push" },
    { word: "Successfully", stage: "push again" },
    { word: "Also tagged", stage: "Job's end" },
] as const;

/** A stretch of time, in seconds from the start of the run. */
export interface Stretch {
    readonly stage: string;
    readonly from: number;
    readonly to: number;
}

/** What the last Job of a service did within the script's stage that waited for it. */
export async function jobParts(
    service: SeedService,
    stage: StageTime,
    since: (moment: number) => number,
): Promise<Stretch[]> {
    const { job } = seedManifests(service);
    const argv = ["oc", "-n", service.namespace, "logs", `job/${job.metadata.name}`];
    return stretches(succeeded(await run([...argv, "--timestamps"])), stage, since);
}

/** Reads the Job's log, whose lines have their times. */
export function stretches(
    log: string,
    { from, to }: StageTime,
    since: (moment: number) => number,
): Stretch[] {
    const begun = steps.flatMap(({ word, stage }) => {
        const line = log.split("\n").find((it) => it.includes(word));
        return line === undefined ? [] : [{ stage, at: Date.parse(line.split(" ")[0] ?? "") }];
    });
    const all = [{ stage: "Job's start", at: from }, ...begun];
    return all.map(({ stage, at }, index) => ({
        stage,
        from: since(at),
        to: since(all[index + 1]?.at ?? to),
    }));
}
