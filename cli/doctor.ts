import { HttpCluster } from "../cluster/httpCluster";
import { connectionFromKubeconfig } from "../cluster/kubeconfig";
import { runMain } from "./commandLine/main";
import { readWords } from "./commandLine/words";
import { clusterFindings } from "./doctor/clusterFindings";
import { type Finding, findingsText } from "./doctor/findings";
import { machineFindings } from "./doctor/machine";

/** Milliseconds that the cluster may take for all its answers. */
const TIMEOUT = 20_000;

const help = {
    name: "doctor",
    what: "Shows what an update needs and what of it is missing, with the command that mends it. It only reads.",
    usage: ["npm run doctor -- [--json]"],
    options: [["--json", "the same for a machine"]],
    failure: "something is missing",
} as const;

/** `npm run doctor`: what is there and what is missing; works with half of it missing. */
runMain(help, async (words) => {
    const json = readWords(words, { "--json": undefined }).has("--json");
    const findings = [...machineFindings(process.env), ...(await ofCluster())];
    process.stdout.write(
        json ? `${JSON.stringify(findings, undefined, 4)}\n` : findingsText(findings),
    );
    return findings.some(({ state }) => state === "missing") ? 1 : 0;
});

async function ofCluster(): Promise<Finding[]> {
    try {
        const cluster = new HttpCluster(connectionFromKubeconfig({}));
        return await clusterFindings(cluster, AbortSignal.timeout(TIMEOUT));
    } catch (error) {
        const found = error instanceof Error ? error.message : String(error);
        return [{ what: "Kubeconfig", state: "missing", found, mend: "oc login" }];
    }
}
