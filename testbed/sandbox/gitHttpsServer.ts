import { readFileSync } from "node:fs";
import { createServer } from "node:https";
import { join } from "node:path";

import { gitOverHttp } from "./gitHttps";
import { gitAccount, gitHttpsPort, network, paths } from "./settings";

/** The program of the component `git-https`. */
const tls = {
    // It is for every name outside the cluster, that of the Git host among them.
    cert: readFileSync(join(paths.pki, "quay.crt")),
    key: readFileSync(join(paths.pki, "quay.key")),
};
createServer(tls, gitOverHttp(paths.gitRoot, gitAccount)).listen(gitHttpsPort, network.outside);
