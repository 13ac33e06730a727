import { type Bed } from "./bed";
import { type Case } from "./cases";
import { dockerfile, dockerfilePath } from "./dockerfile";
import { measureFloor } from "./floor";
import { runProgram } from "./programRun";
import { lookAt, untilQuiet } from "./quiet";
import { type PipelineRound } from "./results";
import { runSeed } from "./seedRun";
import { checkDisk, forgetRound } from "./storage";

/**
 * One round of a case: commits what both sides are to build, then lets both do it; who is first changes from round to
 * round. Nothing of an earlier round can be reused: version and random layer are new, in each build.
 */
export async function pipelineRound(
    bed: Bed,
    { changed: count, megabytes }: Extract<Case, { kind: "pipeline" }>,
    round: number,
    say: (text: string) => void,
): Promise<PipelineRound> {
    checkDisk();
    const changed = count === 1 ? bed.services.slice(-1) : bed.services;
    const id = `${Date.now()}`;
    await bed.commit(
        { VERSION: `0.1.${id}\n`, [dockerfilePath]: dockerfile(megabytes, id) },
        count === 1,
    );
    const prepare = async (side: "program" | "seed") => {
        // After a round with a layer the images are gone from the disk: a pod that stands still could not start again.
        await (megabytes > 0 ? bed.letServe("program", "seed") : bed.letServe(side));
        await untilQuiet(lookAt(bed.namespaces), say);
    };
    const seed = async () => {
        await prepare("seed");
        const run = await runSeed(bed, changed, say);
        say(`seed ${run.seconds.toFixed(1)} s`);
        return run;
    };
    const program = async () => {
        await prepare("program");
        const run = await runProgram(bed, changed);
        say(`pulumi up ${run.seconds.toFixed(1)} s`);
        const floor = await measureFloor(bed, run);
        say(`floor ${floor.seconds.toFixed(1)} s`);
        return { run, floor };
    };
    let result: PipelineRound;
    if (round % 2 === 1) {
        const first = await seed();
        const second = await program();
        result = { seed: first, program: second.run, floor: second.floor };
    } else {
        const first = await program();
        result = { program: first.run, floor: first.floor, seed: await seed() };
    }
    if (megabytes > 0) {
        await forgetRound(bed.namespaces);
    }
    return result;
}
