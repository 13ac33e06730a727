import { readPublishEnvironment } from "./environment";
import { HttpCluster } from "./httpCluster";
import { connectionFromKubeconfig } from "./kubeconfig";
import { runProgram } from "./program";
import { runPublish } from "./runPublish";

void runProgram((report, signal) => {
    const { request, choice } = readPublishEnvironment(process.env);
    return runPublish(request, new HttpCluster(connectionFromKubeconfig(choice)), report, signal);
});
