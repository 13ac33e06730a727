import { readBuildEnvironment } from "./environment";
import { HttpCluster } from "./httpCluster";
import { connectionFromKubeconfig } from "./kubeconfig";
import { runProgram } from "./program";
import { runBuild } from "./runBuild";

void runProgram((report, signal) => {
    const { request, choice } = readBuildEnvironment(process.env, process.cwd());
    return runBuild(request, new HttpCluster(connectionFromKubeconfig(choice)), report, signal);
});
