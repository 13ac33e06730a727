import { join, resolve } from "node:path";
import { createInterface } from "node:readline/promises";

import { HttpCluster } from "../cluster/httpCluster";
import { connectionFromKubeconfig } from "../cluster/kubeconfig";
import { runMain } from "./plan/main";
import { parsePromote, usage } from "./promotion/arguments";
import { promote } from "./promotion/promote";
import { PulumiProgram } from "./promotion/pulumiCli";

/** The folder of Pulumi.yaml. */
const root = join(__dirname, "..");

/** `npm run promote`: takes what runs healthy in one stack to another one's configuration, by digest. */
runMain("promote", async () => {
    const words = process.argv.slice(2);
    if (words.includes("--help")) {
        process.stdout.write(`${usage}\n`);
        return 0;
    }
    const request = parsePromote(words);
    const configFile = request.configFile && resolve(request.configFile);
    return promote(
        { ...request, configFile },
        {
            folder: resolve(request.configDir ?? root),
            cli: new PulumiProgram(root),
            cluster: ({ kubernetes }) => new HttpCluster(connectionFromKubeconfig(kubernetes)),
            say: (text) => process.stdout.write(text),
            confirm,
        },
    );
});

async function confirm(): Promise<boolean | undefined> {
    if (!process.stdin.isTTY) {
        return undefined;
    }
    const terminal = createInterface({ input: process.stdin, output: process.stdout });
    try {
        return /^y(?:es)?$/i.test((await terminal.question("Write it? [y/N] ")).trim());
    } finally {
        terminal.close();
    }
}
