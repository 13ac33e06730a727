import { join, resolve } from "node:path";
import { createInterface } from "node:readline/promises";

import { HttpCluster } from "../cluster/httpCluster";
import { connectionFromKubeconfig } from "../cluster/kubeconfig";
import { runMain } from "./commandLine/main";
import { parsePromote } from "./promotion/arguments";
import { promote } from "./promotion/promote";
import { PulumiProgram } from "./promotion/pulumiCli";

/** The folder of Pulumi.yaml. */
const root = join(__dirname, "..");

/** `npm run promote`: takes what runs healthy in one stack to another one's configuration, by digest. */
const help = {
    name: "promote",
    what: "Takes what runs healthy in one stack to another one's configuration, by digest. Nothing is built.",
    usage: [
        "npm run promote -- --from STACK --to STACK [--image NAME]... [--digest sha256:...]",
        "npm run promote -- --to STACK --to-previous [--image NAME]...",
    ],
    options: [
        ["--from STACK", "where the images run healthy; not needed with --to-previous"],
        ["--to STACK", "whose Pulumi.STACK.yaml gets the digests"],
        ["--image NAME", "this image only; may be given more than once"],
        ["--digest sha256:...", "the digest that is meant; with exactly one --image"],
        ["--to-previous", "what the target's line was before"],
        ["--dry-run", "write nothing"],
        ["--yes", "do not ask"],
        ["--commit", "commit the target's file, and nothing else"],
        ["--config-dir DIR", "the folder of both stacks' files"],
        ["--config-file FILE", "the target's file"],
    ],
    failure: "the promotion is refused, and nothing was written",
} as const;

runMain(help, async (words) => {
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
