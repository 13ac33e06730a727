import { runProgram } from "./shared/runProgram";
import { Clusters, programNamed, programs } from "./programs";

/*
 * `node bin/command.js build|publish|rollout`: what a Command runs by itself where no Pulumi program serves it, see
 * build/command.sh.
 */
void runProgram(async (report, signal) => {
    const program = programNamed(process.argv[2] ?? "", programs);
    const request = { environment: process.env, directory: process.cwd() };
    return program(request, report, signal, new Clusters());
});
