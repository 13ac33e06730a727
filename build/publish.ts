import { runProgram } from "./program";
import { Clusters, programs } from "./programs";

void runProgram((report, signal) =>
    programs.publish(
        { environment: process.env, directory: process.cwd() },
        report,
        signal,
        new Clusters(),
    ),
);
